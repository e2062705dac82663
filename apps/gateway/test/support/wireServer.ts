import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly response: ServerResponse
  /** Resolves when the connection of this request is gone before its answer was whole. */
  readonly gone: Promise<void>
}

export interface WireServer {
  readonly url: string
  readonly seen: Seen[]
  /** Resolves with the next request, once its body is there. */
  next(): Promise<Seen>
  close(): Promise<void>
}

/** An upstream whose every byte the test decides. */
export async function startWireServer(): Promise<WireServer> {
  const seen: Seen[] = []
  const waiting: ((one: Seen) => void)[] = []
  const unread: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    response.once('close', () => !response.writableFinished && resolve())
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const one = {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
        response,
        gone,
      }
      seen.push(one)
      const take = waiting.shift()
      if (take === undefined) unread.push(one)
      else take(one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    next: () => {
      const first = unread.shift()
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
