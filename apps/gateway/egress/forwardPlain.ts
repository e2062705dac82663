import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { formatAuthority, type Target } from '@errand/domain'
import { type Call, streamOf } from '../call.ts'
import { unreachable } from './connect.ts'

interface PlainForward {
  readonly call: Call
  readonly target: Target
  /** Connected already, to an address that was judged. */
  readonly socket: Socket
  readonly response: ServerResponse
  readonly idleMs: number
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Sends an `http://` request on over a connection of its own and streams the answer back, both unbuffered and
 * otherwise as they are. Fault `egress.unreachable` when it breaks before the answer has begun.
 */
export async function forwardPlain({ call, target, socket, response, idleMs }: PlainForward): Promise<void> {
  socket.setTimeout(idleMs, () => socket.destroy())
  try {
    const answer = await send(call, target, socket)
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.headers))
    await pipeline(answer, response)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else if (!call.signal.aborted) throw unreachable(target, error)
  } finally {
    socket.destroy()
  }
}

function send(call: Call, target: Target, socket: Socket): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = httpRequest({
    createConnection: () => socket,
    method: call.method,
    path: call.target
      .replace(/^http:\/\/[^/?#]*/i, '')
      .replace(/^(?!\/)/, '/')
      .replace(/#.*$/, ''),
    headers: {
      ...call.headers,
      host: target.port === 80 ? formatAuthority(target).replace(/:80$/, '') : formatAuthority(target),
      connection: 'close',
    },
    setHost: false,
    signal: call.signal,
  })
  outgoing.once('response', resolve)
  outgoing.once('error', reject)
  const { headers } = call.request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) outgoing.end()
  else pipeline(streamOf(call), outgoing).catch(reject)
  return promise
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set(
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)))
}
