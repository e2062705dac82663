import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { addressOptions, type GatewayAddress } from '../gateway/client.ts'
import { request, STATUS_CODES } from '../http.ts'

interface Opening {
  readonly incoming: IncomingMessage
  readonly socket: Socket
  /** What the agent sent behind its CONNECT without waiting. */
  readonly head: Buffer
  /** Added to the CONNECT that goes to the gateway. */
  readonly headers: Readonly<Record<string, string>>
}

/** Passes a CONNECT on to the gateway. Its answer, a refusal with its words too, goes back as it comes. */
export function tunnel({ incoming, socket, head, headers }: Opening, gateway: GatewayAddress): void {
  const target = incoming.url ?? ''
  const upstream = request({
    ...addressOptions(gateway),
    agent: false,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...headers },
  })
  socket.on('error', () => upstream.destroy())
  socket.on('close', () => upstream.destroy())
  upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'))
  upstream.on('connect', (answer, remote, first) => {
    const status = answer.statusCode ?? 502
    const isOpen = status >= 200 && status < 300
    socket.write(headOf(answer, status, isOpen))
    if (first.length > 0) socket.write(first)
    if (isOpen && head.length > 0) remote.write(head)
    join(socket, remote as Socket)
  })
  upstream.end()
}

function headOf(answer: IncomingMessage, status: number, isOpen: boolean): string {
  const names = isOpen ? [] : ['content-type', 'content-length']
  const lines = names.flatMap((name) =>
    answer.headers[name] === undefined ? [] : [`${name}: ${String(answer.headers[name])}\r\n`],
  )
  const close = isOpen ? '' : 'connection: close\r\n'
  return `HTTP/1.1 ${status} ${answer.statusMessage ?? STATUS_CODES[status] ?? ''}\r\n${lines.join('')}${close}\r\n`
}

/** Either side may close its half; when one is gone, so is the other. */
function join(a: Socket, b: Socket): void {
  a.on('error', () => b.destroy())
  b.on('error', () => a.destroy())
  a.on('close', () => b.destroy())
  b.on('close', () => a.destroy())
  a.pipe(b)
  b.pipe(a)
}
