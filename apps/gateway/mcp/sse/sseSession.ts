import { PassThrough } from 'node:stream'
import { Fault, type RemoteServerSpec } from '@errand/contracts'
import type { GatewayDeps } from '../../deps.ts'
import { callUpstream } from '../callUpstream.ts'
import { isObject, type McpMessage } from '../message.ts'
import { discard, type UpstreamAnswer } from '../upstreamAnswer.ts'
import type { OpenSse } from './openSse.ts'

export interface SseAsk {
  readonly body: Buffer
  readonly message: Pick<McpMessage, 'method' | 'id' | 'progressToken'>
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

interface Waiting {
  readonly stream: PassThrough
  readonly progressToken: string | number | null
}

/** What the server says while nobody listens is kept for the next who does, up to here. */
const MAX_KEPT = 100
/** After its last stream has ended. A client has a standing one as long as it is there. */
const IDLE_MS = 10 * 60_000

/**
 * One session with a server that speaks HTTP+SSE, offered as Streamable HTTP: one stream from the server for everything,
 * of which each request gets what is its own; the rest goes to the standing stream.
 */
export class SseSession {
  readonly #spec: RemoteServerSpec
  readonly #open: OpenSse
  readonly #deps: Pick<GatewayDeps, 'outbound'>
  readonly #waiting = new Map<string, Waiting>()
  readonly #kept: string[] = []
  readonly #onEnd: () => void
  #standing: PassThrough | null = null
  #idle: NodeJS.Timeout | null = null
  #isOver = false

  constructor(open: OpenSse, spec: RemoteServerSpec, deps: Pick<GatewayDeps, 'outbound'>, onEnd: () => void) {
    this.#open = open
    this.#spec = { ...spec, url: open.endpoint }
    this.#deps = deps
    this.#onEnd = onEnd
    void this.#listen()
  }

  /** Sends a message on. A request's answer is a stream that ends with its result. Fault `mcp.session-unknown`. */
  async send({ body, message, headers, signal }: SseAsk): Promise<UpstreamAnswer> {
    if (this.#isOver) throw new Fault('mcp.session-unknown')
    const isRequest = message.method !== null && message.id !== null
    const stream = isRequest ? this.#wait(message, signal) : null
    try {
      const posted = await callUpstream(this.#spec, { method: 'POST', headers, body, signal }, this.#deps)
      if (posted.statusCode < 200 || posted.statusCode >= 300) {
        this.#forget(message)
        return posted
      }
      discard(posted)
    } catch (error) {
      this.#forget(message)
      throw error
    }
    return stream === null ? { statusCode: 202, headers: {}, body: emptied() } : eventsOf(stream)
  }

  /** The standing stream, for what belongs to no request. A newer one takes the place of an older. */
  listen(signal: AbortSignal): UpstreamAnswer {
    if (this.#isOver) throw new Fault('mcp.session-unknown')
    this.#standing?.end()
    const stream = new PassThrough()
    this.#standing = stream
    signal.addEventListener('abort', () => stream.destroy(), { once: true })
    stream.once('close', () => {
      if (this.#standing === stream) this.#standing = null
      this.#rest()
    })
    for (const text of this.#kept.splice(0)) stream.write(eventOf(text))
    this.#rest()
    return eventsOf(stream)
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#open.close()
    this.#standing?.end()
    const cut = new Fault('mcp.cut-off', 'Its stream has ended.')
    for (const { stream } of this.#waiting.values()) stream.destroy(cut)
    this.#waiting.clear()
    this.#onEnd()
  }

  #wait({ id, progressToken }: SseAsk['message'], signal: AbortSignal): PassThrough {
    const key = JSON.stringify(id)
    const stream = new PassThrough()
    stream.on('error', () => undefined)
    // Who goes away has not cancelled anything: that is said with a message of its own.
    signal.addEventListener('abort', () => stream.destroy(), { once: true })
    stream.once('close', () => {
      if (this.#waiting.get(key)?.stream === stream) this.#waiting.delete(key)
      this.#rest()
    })
    this.#waiting.set(key, { stream, progressToken })
    this.#rest()
    return stream
  }

  #forget({ id }: SseAsk['message']): void {
    this.#waiting.get(JSON.stringify(id))?.stream.destroy()
  }

  /** Ends a session that nobody uses any more. */
  #rest(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#isOver || this.#standing !== null || this.#waiting.size > 0) return
    this.#idle = setTimeout(() => this.close(), IDLE_MS).unref()
  }

  async #listen(): Promise<void> {
    try {
      for await (const text of this.#open.messages) this.#deliver(text)
    } catch {
      // A connection that breaks ends the session as one that is closed does; who waits is told.
    } finally {
      this.close()
    }
  }

  #deliver(text: string): void {
    const message = parsed(text)
    if (!isObject(message)) return
    const { id, method } = message
    const own = method === undefined ? this.#waiting.get(JSON.stringify(id)) : undefined
    if (own !== undefined) {
      own.stream.end(eventOf(text))
      return
    }
    const stream = this.#ownerOf(message) ?? this.#standing
    if (stream !== null) stream.write(eventOf(text))
    else if (this.#kept.push(text) > MAX_KEPT) this.#kept.shift()
  }

  /** Progress says whose it is; what the server asks in the middle of a call goes to who waits for it last. */
  #ownerOf({ params, id, method }: Readonly<Record<string, unknown>>): PassThrough | null {
    const all = [...this.#waiting.values()]
    const token = isObject(params) ? params['progressToken'] : undefined
    const named = token === undefined ? undefined : all.find((one) => one.progressToken === token)
    if (named !== undefined) return named.stream
    return method !== undefined && id !== undefined ? (all.at(-1)?.stream ?? null) : null
  }
}

function eventsOf(body: PassThrough): UpstreamAnswer {
  return { statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body }
}

export function emptied(): PassThrough {
  return new PassThrough().end()
}

/** JSON holds its line ends escaped: those between its parts may go. */
function eventOf(text: string): string {
  return `event: message\ndata: ${text.replaceAll(/[\r\n]+/g, ' ')}\n\n`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
