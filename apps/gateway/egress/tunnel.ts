import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'

interface Tunnel {
  readonly client: Duplex
  /** What the client sent right behind its CONNECT. */
  readonly head: Buffer
  readonly upstream: Socket
  readonly idleMs: number
  readonly signal: AbortSignal
}

/**
 * Carries bytes both ways until both sides have ended; one may end first and go on listening. A side that is slow
 * holds the other back. Ends when a side breaks, and after `idleMs` without a byte. Never throws: how a tunnel ends
 * is between its two ends. Answers how many bytes went up and down.
 */
export async function runTunnel({
  client,
  head,
  upstream,
  idleMs,
  signal,
}: Tunnel): Promise<{ up: number; down: number }> {
  const count = { up: head.length, down: 0 }
  const cut = () => {
    client.destroy()
    upstream.destroy()
  }
  for (const side of [client, upstream]) {
    side.on('error', cut)
    // Closed without having ended: broken. One that has ended waits for the other.
    side.once('close', () => side.readableEnded || cut())
  }
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) upstream.write(head)
  client.on('data', (chunk: Buffer) => (count.up += chunk.length))
  upstream.on('data', (chunk: Buffer) => (count.down += chunk.length))
  client.pipe(upstream)
  upstream.pipe(client)
  // Everything that goes through touches this socket, whichever way it goes.
  upstream.setTimeout(idleMs, cut)
  signal.addEventListener('abort', cut, { once: true })
  if (signal.aborted) cut()
  await Promise.allSettled([finished(client), finished(upstream)])
  signal.removeEventListener('abort', cut)
  cut()
  return count
}
