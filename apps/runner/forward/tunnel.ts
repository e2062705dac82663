import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { EGRESS_FAULT_HEADER, type FaultCode } from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import { backoffMs } from '../gateway/backoff.ts'
import { addressOptions, type GatewayAddress } from '../gateway/client.ts'
import { http } from '../http.ts'

interface Opening {
  readonly incoming: IncomingMessage
  readonly socket: Socket
  /** What the agent sent behind its CONNECT without waiting. */
  readonly head: Buffer
  /** Added to the CONNECT that goes to the gateway. */
  readonly headers: Readonly<Record<string, string>>
}

/** How long a tunnel that is not open yet waits for a gateway that starts again: it may have been held for a person. */
const PATIENCE_MS = 30_000

/**
 * Passes a CONNECT on to the gateway. Its answer, a refusal with its words too, goes back as it comes. Before there is
 * one nothing was sent, so a gateway that goes away meanwhile is asked again.
 */
export async function tunnel(opening: Opening, gateway: GatewayAddress, clock: Clock): Promise<void> {
  const { socket, head } = opening
  socket.on('error', () => socket.destroy())
  let failingSince: number | null = null
  for (let failures = 0; !socket.destroyed; failures++) {
    const answer = await ask(opening, gateway)
    if (answer !== null && !isStopping(answer)) return pass(answer, { socket, head })
    answer?.remote.destroy()
    failingSince ??= clock.now()
    if (clock.now() - failingSince >= PATIENCE_MS) break
    await pause(clock, backoffMs(failures, Math.random))
  }
  if (!socket.destroyed) socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
}

interface GatewayAnswer {
  readonly message: IncomingMessage
  readonly remote: Socket
  /** What came right behind the answer's headers. */
  readonly first: Buffer
}

/** Null when the gateway went away before it had answered. */
function ask({ incoming, socket, headers }: Opening, gateway: GatewayAddress): Promise<GatewayAnswer | null> {
  const target = incoming.url ?? ''
  const upstream = http().request({
    ...addressOptions(gateway),
    agent: false,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...headers },
  })
  const abandon = (): void => void upstream.destroy()
  socket.once('close', abandon)
  return new Promise<GatewayAnswer | null>((resolve) => {
    upstream.once('error', () => resolve(null))
    upstream.once('close', () => resolve(null))
    upstream.once('connect', (message, remote, first) => resolve({ message, remote: remote as Socket, first }))
    upstream.end()
  }).finally(() => socket.off('close', abandon))
}

function isStopping({ message }: GatewayAnswer): boolean {
  const code = message.headers[EGRESS_FAULT_HEADER]
  return code === ('service.stopping' satisfies FaultCode) || code === ('service.starting' satisfies FaultCode)
}

function pass({ message, remote, first }: GatewayAnswer, { socket, head }: Pick<Opening, 'socket' | 'head'>): void {
  const status = message.statusCode ?? 502
  const isOpen = status >= 200 && status < 300
  if (socket.destroyed) return void remote.destroy()
  socket.write(headOf(message, status, isOpen))
  if (first.length > 0) socket.write(first)
  if (isOpen && head.length > 0) remote.write(head)
  join(socket, remote)
}

function headOf(answer: IncomingMessage, status: number, isOpen: boolean): string {
  const names = isOpen ? [] : ['content-type', 'content-length']
  const lines = names.flatMap((name) =>
    answer.headers[name] === undefined ? [] : [`${name}: ${String(answer.headers[name])}\r\n`],
  )
  const close = isOpen ? '' : 'connection: close\r\n'
  return `HTTP/1.1 ${status} ${answer.statusMessage ?? http().STATUS_CODES[status] ?? ''}\r\n${lines.join('')}${close}\r\n`
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
