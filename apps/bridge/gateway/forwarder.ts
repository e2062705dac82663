import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type BridgeGateway, HOSTED_TOKEN_HEADER } from '@errand/contracts'
import { http } from '../http/builtin.ts'
import { addressOf } from './ask.ts'

export interface Forwarder {
  /** For the server's environment: how programs learn of a proxy. */
  readonly env: Readonly<Record<string, string>>
  close(): void
}

/**
 * The server's only way out: a proxy on the loopback of the sandbox, which passes everything to the gateway and adds
 * the bridge's token there. What the gateway answers, a refusal with its words too, goes back as it comes.
 */
export async function startForwarder(gateway: BridgeGateway): Promise<Forwarder> {
  const server = http().createServer({ requestTimeout: 0, headersTimeout: 0 }, (incoming, outgoing) =>
    forward(incoming, outgoing, gateway),
  )
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
    tunnel({ target: incoming.url ?? '', socket, head }, gateway),
  )
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'npm_config_proxy', 'npm_config_https_proxy']
  return {
    env: {
      ...Object.fromEntries(names.map((name) => [name, url])),
      NO_PROXY: 'localhost,127.0.0.1',
      no_proxy: 'localhost,127.0.0.1',
      // Node's own fetch takes notice of the others with this alone.
      NODE_USE_ENV_PROXY: '1',
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, gateway: BridgeGateway): void {
  const target = incoming.url ?? ''
  if (!/^http:\/\//i.test(target)) return void outgoing.writeHead(404, { 'content-length': 0 }).end()
  const headers = { ...passed(incoming.headers), [HOSTED_TOKEN_HEADER]: gateway.token }
  const upstream = http().request({
    ...addressOf(gateway),
    agent: false,
    method: incoming.method,
    path: target,
    headers,
  })
  const fail = (): void => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502, { 'content-length': 0 }).end()
  }
  upstream.on('error', fail)
  upstream.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, passed(answer.headers))
    answer.on('error', fail)
    answer.pipe(outgoing)
  })
  outgoing.on('close', () => upstream.destroy())
  incoming.pipe(upstream)
}

function tunnel(
  { target, socket, head }: { target: string; socket: Socket; head: Buffer },
  gateway: BridgeGateway,
): void {
  socket.on('error', () => socket.destroy())
  const headers = { host: target, [HOSTED_TOKEN_HEADER]: gateway.token }
  const upstream = http().request({ ...addressOf(gateway), agent: false, method: 'CONNECT', path: target, headers })
  socket.once('close', () => upstream.destroy())
  upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'))
  upstream.on('connect', (answer, remote, first) => {
    const status = answer.statusCode ?? 502
    const lines = ['content-type', 'content-length'].flatMap((name) => {
      const value = answer.headers[name]
      return typeof value === 'string' ? [`${name}: ${value}\r\n`] : []
    })
    const more = status === 200 ? '' : `connection: close\r\n${lines.join('')}`
    socket.write(`HTTP/1.1 ${status} ${answer.statusMessage ?? ''}\r\n${more}\r\n`)
    if (first.length > 0) socket.write(first)
    if (status === 200 && head.length > 0) remote.write(head)
    remote.on('error', () => socket.destroy())
    remote.on('close', () => socket.destroy())
    socket.on('close', () => remote.destroy())
    socket.pipe(remote)
    remote.pipe(socket)
  })
  upstream.end()
}

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]

/** Without what belongs to one connection, and what is ours. */
export function passed(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !name.startsWith('x-errand-'))
  return Object.fromEntries(kept)
}
