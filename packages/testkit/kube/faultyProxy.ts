import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { listenLocally } from './listenLocally.ts'

/** What goes wrong with an answer. `afterBytes` counts those of its body. */
export type AnswerFault =
  /** Answered by the proxy itself. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** This line and nothing else. */
  | { readonly kind: 'line'; readonly line: string }
  /** It answers what was asked at another address. */
  | { readonly kind: 'instead'; readonly url: string }
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** It ends as if that had been all: often in the middle of a line. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Nothing comes any more, and the connection stays. */
  | { readonly kind: 'stall'; readonly afterBytes: number }

type Break = Exclude<AnswerFault, { readonly kind: 'status' | 'line' | 'instead' }>

export interface FaultyProxy {
  /** Plain HTTP, whatever is behind it. */
  readonly url: string
  /** How many faults there were, by kind. */
  readonly counts: Readonly<Record<string, number>>
  /** Breaks off whatever is under way. */
  cutAll(): void
  close(): Promise<void>
}

export interface ProxiedServer {
  readonly url: string
  /** As whom the proxy calls it. */
  readonly tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key'>
}

/** Stands in front of an HTTP server and breaks what `faultFor` says; null: this answer goes well. */
export async function startFaultyProxy(
  server: ProxiedServer,
  faultFor: (request: { readonly method: string; readonly url: string }) => AnswerFault | null,
): Promise<FaultyProxy> {
  const counts: Record<string, number> = {}
  const proxy = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request
    const fault = faultFor({ method, url })
    if (fault !== null) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
    if (fault?.kind === 'status')
      return void response.writeHead(fault.status, fault.headers).end('{"kind":"Status","message":"a fault"}')
    if (fault?.kind === 'line') return void response.writeHead(200).end(`${fault.line}\n`)
    const isInstead = fault?.kind === 'instead'
    const target = new URL(isInstead ? fault.url : url, server.url)
    return passOn({ target, tls: server.tls ?? {} }, request, (answer) =>
      passBack(answer, response, isInstead ? null : fault),
    )
  })
  return {
    url: await listenLocally(proxy),
    counts,
    cutAll: () => proxy.closeAllConnections(),
    close: async () => {
      proxy.closeAllConnections()
      await once(proxy.close(), 'close')
    },
  }
}

function passOn(
  { target, tls }: { readonly target: URL; readonly tls: NonNullable<ProxiedServer['tls']> },
  request: IncomingMessage,
  take: (answer: IncomingMessage) => void,
): void {
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest
  const { host: _, connection: __, ...headers } = request.headers
  const method = request.method ?? 'GET'
  const passed = send(target, { method, headers, agent: false, ...tls })
  passed.on('response', take)
  passed.on('error', () => request.socket.destroy())
  request.socket.on('close', () => passed.destroy())
  request.pipe(passed)
}

function passBack(answer: IncomingMessage, response: ServerResponse, fault: Break | null): void {
  response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' })
  response.flushHeaders()
  let left = fault?.afterBytes ?? Infinity
  const breakNow = () => {
    answer.removeAllListeners('data').removeAllListeners('end').resume()
    if (fault?.kind === 'reset') response.socket?.resetAndDestroy()
    if (fault?.kind === 'cut') response.end()
  }
  answer.on('error', () => response.destroy())
  answer.on('end', () => response.end())
  answer.on('data', (chunk: Buffer) => {
    response.write(chunk.subarray(0, Math.min(left, chunk.length)))
    left -= chunk.length
    if (left <= 0) breakNow()
  })
  if (left === 0) breakNow()
}
