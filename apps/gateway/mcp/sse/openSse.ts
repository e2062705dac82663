import { Fault, type RemoteServerSpec } from '@errand/contracts'
import type { GatewayDeps } from '../../deps.ts'
import { callUpstream } from '../callUpstream.ts'
import { dataOf, SseEvents } from '../sseEvents.ts'
import type { AnswerBody, UpstreamAnswer } from '../upstreamAnswer.ts'

/** The stream of an old server, up to where it has said where messages go. */
export interface OpenSse {
  /** Of the same origin as the server: nowhere else is a credential sent. */
  readonly endpoint: string
  /** Messages of the server, each as its JSON text. Ends when the server ends it; throws when it breaks. */
  readonly messages: AsyncIterable<string>
  close(): void
}

const PATIENCE_MS = 30_000

/**
 * Opens the stream of a server that speaks HTTP+SSE of 2024-11-05. What answers with another status than 200 is given
 * as it came. Faults `mcp.handshake`, `mcp.unreachable`, `outbound.…`.
 */
export async function openSse(
  spec: RemoteServerSpec,
  headers: Readonly<Record<string, string>>,
  deps: Pick<GatewayDeps, 'outbound'>,
): Promise<OpenSse | UpstreamAnswer> {
  const stop = new AbortController()
  const timer = setTimeout(
    () => stop.abort(new Fault('mcp.handshake', `It sent no address for messages in ${PATIENCE_MS / 1000} s.`)),
    PATIENCE_MS,
  )
  const asked = { ...headers, accept: 'text/event-stream' }
  try {
    const answer = await callUpstream(spec, { method: 'GET', headers: asked, body: null, signal: stop.signal }, deps)
    if (answer.statusCode !== 200) return answer
    const messages = readEvents(answer.body)
    const first = await messages.next()
    if (first.done === true || first.value.event !== 'endpoint') {
      answer.body.destroy()
      throw new Fault('mcp.handshake', 'It does not begin with the address for messages. Is it an SSE server?')
    }
    return {
      endpoint: endpointOf(first.value.data, spec),
      messages: messagesOf(messages),
      close: () => stop.abort(),
    }
  } catch (error) {
    throw stop.signal.reason instanceof Fault ? stop.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

interface SseEvent {
  readonly event: string
  readonly data: string
}

async function* readEvents(body: AnswerBody): AsyncGenerator<SseEvent, void> {
  const events = new SseEvents()
  for await (const chunk of body) {
    for (const text of events.add(chunk)) {
      const data = dataOf(text)
      if (data !== '') yield { event: /^event: ?(.+)$/m.exec(text)?.[1]?.trim() ?? 'message', data }
    }
  }
}

async function* messagesOf(events: AsyncIterable<SseEvent>): AsyncGenerator<string, void> {
  for await (const { event, data } of events) if (event === 'message') yield data
}

function endpointOf(said: string, { url }: RemoteServerSpec): string {
  const endpoint = URL.parse(said, url)
  if (endpoint === null || endpoint.origin !== new URL(url).origin)
    throw new Fault('mcp.handshake', 'It wants messages to go to another origin than its own.')
  return endpoint.href
}
