import { Fault } from '@errand/contracts'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFault } from './faultResponse.ts'

/** The one public port, held from the first moment of a start: before anything else is made it is known to be free. */
export interface Port {
  readonly server: Server
  /** `http://127.0.0.1:8470`, with the real port where 0 was asked for. */
  readonly address: string
  /** Until now everything was answered with `service.starting`. */
  serve(listener: RequestListener): void
}

/** Throws `start.port-taken` when another program listens there, `start.config-invalid` when the host is not this machine's. */
export async function openPort({ host, port }: { host: string; port: number }): Promise<Port> {
  let listener: RequestListener = (_request, response) => writeFault(response, new Fault('service.starting'))
  const server = createServer((request, response) => listener(request, response))
  // Uploads and long polls take as long as they take; headers do not.
  server.requestTimeout = 0
  server.headersTimeout = 20_000
  await listen(server, host, port)
  const bound = server.address() as AddressInfo
  return {
    server,
    address: `http://${reachable(bound)}:${bound.port}`,
    serve: (next) => {
      listener = next
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new Fault('start.port-taken', `${host}:${port}`, { cause: error }))
      else if (error.code === 'EACCES')
        reject(
          new Fault('start.config-invalid', `ERRAND_PORT: port ${port} needs more rights than this user has`, {
            cause: error,
          }),
        )
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
        reject(
          new Fault('start.config-invalid', `ERRAND_HOST: ${host} is not an address of this machine`, { cause: error }),
        )
      else reject(error)
    })
    server.listen({ host, port }, resolve)
  })
}

/** Every address of this machine includes the loopback one, which is where people on it can go. */
function reachable({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return family === 'IPv6' ? `[${address}]` : address
}
