import { COMMAND_HEADER, RUN_TOKEN_HEADER } from '@errand/contracts'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Forwarder {
  /** `http://127.0.0.1:<port>`: what the agent's processes see as gateway and as proxy. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

interface ForwarderOptions {
  readonly socketPath: string
  readonly token: string
  /** The command line that is said to have opened each connection. */
  readonly command?: string
}

/** Stands where a runner stands: loopback TCP on one side, the gateway's socket on the other, the run token added. */
export async function startForwarder({ socketPath, token, command }: ForwarderOptions): Promise<Forwarder> {
  const open = new Set<Duplex>()
  const onward = ({ method, url, headers }: IncomingMessage) =>
    httpRequest({
      socketPath,
      method,
      path: url,
      headers: {
        ...headers,
        [RUN_TOKEN_HEADER]: token,
        ...(command === undefined ? {} : { [COMMAND_HEADER]: Buffer.from(command).toString('base64url') }),
      },
    })
  const server = createServer((request, response) => {
    const outgoing = onward(request)
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    outgoing.on('error', () => response.destroy())
    response.once('close', () => outgoing.destroy())
    request.pipe(outgoing)
  })
  server.requestTimeout = 0
  server.on('connection', (socket: Socket) => keep(open, socket))
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const outgoing = onward(request)
    outgoing.on('error', () => client.destroy())
    outgoing.on('connect', (answer: IncomingMessage, tunnel: Duplex, first: Buffer) => {
      const headers = answer.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${answer.rawHeaders[index + 1] ?? ''}\r\n`] : [],
      )
      client.write(`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}\r\n${headers.join('')}\r\n`)
      keep(open, tunnel)
      if (first.length > 0) client.write(first)
      if (head.length > 0) tunnel.write(head)
      tunnel.on('error', () => client.destroy())
      client.on('error', () => tunnel.destroy())
      tunnel.on('close', () => client.end())
      client.on('close', () => tunnel.end())
      tunnel.pipe(client)
      client.pipe(tunnel)
    })
    outgoing.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function keep(open: Set<Duplex>, socket: Duplex): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
}
