import type { BridgeDeps } from '../deps.ts'
import { AnswerStream } from '../http/answerStream.ts'
import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import {
  errorText,
  idJson,
  type NotificationMessage,
  type RequestMessage,
  requestOf,
  type ResponseMessage,
  RPC,
} from '../message/message.ts'
import { isObject } from '../message/spans.ts'
import { Link } from '../server/link.ts'
import { rpcErrorOf } from '../server/startError.ts'
import type { Starter } from '../server/starter.ts'

const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26']
/** A server of an earlier era may not answer a message that it does not know. */
const PROBE_MS = 5_000

interface Host {
  readonly link: Promise<Link>
  readonly streams: Set<AnswerStream>
  usedAt: number
}

/**
 * The era without sessions (2026-07-28): every request stands for itself. One process for each principal, or one for
 * all. The first request finds out whether the server knows this era; one that does not is answered as such a server
 * answers, and clients go back to a session.
 */
export class Modern {
  readonly #hosts = new Map<string, Host>()
  readonly #starter: Starter
  readonly #keepAlive: KeepAlive
  readonly #deps: BridgeDeps
  #era: 'unknown' | 'modern' | 'legacy' = 'unknown'

  constructor(starter: Starter, keepAlive: KeepAlive, deps: BridgeDeps) {
    this.#starter = starter
    this.#keepAlive = keepAlive
    this.#deps = deps
  }

  /** How many processes there are. */
  get size(): number {
    return this.#hosts.size
  }

  async call(message: RequestMessage, exchange: Exchange): Promise<void> {
    const { response, canStream } = exchange
    const stream = new AnswerStream({ response, canStream, events: null, isPrimed: false }, this.#keepAlive.now())
    this.#keepAlive.watch(stream, response)
    const id = idJson(message)
    try {
      const host = this.#era === 'legacy' ? null : this.#host(message, exchange.principal)
      const link = host === null ? null : await host.link
      if (link === null || host === null || this.#era === 'legacy') {
        return stream.end(errorText(id, unsupported(message)), this.#keepAlive.now(), 400)
      }
      this.#ask({ message, stream, link, host, exchange })
    } catch (error) {
      stream.end(errorText(id, rpcErrorOf(error)), this.#keepAlive.now(), 503)
    }
  }

  async notify(message: NotificationMessage, principal: string): Promise<void> {
    const host = this.#hosts.get(this.#keyOf(principal))
    // In this era a request is cancelled by ending its HTTP request.
    if (host === undefined || message.method === 'notifications/cancelled') return
    const link = await host.link
    link.send(message.text)
  }

  reap(idleMs: number): void {
    const since = this.#keepAlive.now() - idleMs
    for (const [key, host] of this.#hosts) if (host.streams.size === 0 && host.usedAt <= since) this.#drop(key, host)
  }

  async closeAll(): Promise<void> {
    const links = await Promise.allSettled([...this.#hosts.values()].map(({ link }) => link))
    await Promise.all(links.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])))
  }

  #ask({ message, stream, link, host, exchange }: Asking): void {
    const now = this.#keepAlive.now
    host.usedAt = now()
    host.streams.add(stream)
    const end = (text: string | null, status: number): void => {
      host.usedAt = now()
      host.streams.delete(stream)
      stream.end(text, now(), status)
    }
    const ticket = link.request(message, {
      onReply: (text, reply) => end(text, statusOf(reply)),
      onRelated: (text) => this.#send(stream, text, link),
      onFailed: (error) => end(errorText(idJson(message), error), 502),
    })
    exchange.response.once('close', () => {
      if (stream.isDone) return
      ticket?.cancel('the client is gone')
      end(null, 200)
    })
  }

  #send(stream: AnswerStream, text: string, link: Link): void {
    stream.send(text, this.#keepAlive.now())
    if (stream.slow === null) return
    if (this.#isShared) stream.slow.destroy()
    else link.hold(stream.slow)
  }

  get #isShared(): boolean {
    return this.#deps.boot.server.share === 'all'
  }

  #keyOf(principal: string): string {
    return this.#isShared ? '' : principal
  }

  #host(message: RequestMessage, principal: string): Host {
    const key = this.#keyOf(principal)
    const there = this.#hosts.get(key)
    if (there !== undefined) return there
    const host: Host = { link: this.#start(message, key), streams: new Set(), usedAt: this.#keepAlive.now() }
    this.#hosts.set(key, host)
    host.link.catch(() => this.#forget(key, host))
    return host
  }

  async #start(message: RequestMessage, key: string): Promise<Link> {
    const link: Link = new Link(
      this.#starter,
      {
        onUnrelated: (said) => this.#onUnrelated(link, said, key),
        onEnded: () => void this.#hosts.delete(key),
      },
      this.#deps,
    )
    if (this.#era === 'unknown') this.#era = (await knowsEra(link, message)) ? 'modern' : 'legacy'
    if (this.#era === 'legacy') await link.stop()
    return link
  }

  #onUnrelated(link: Link, said: RequestMessage | NotificationMessage, key: string): void {
    if (said.kind === 'request') {
      // Servers of this era ask by their result.
      const error = { code: RPC.methodNotFound, message: 'A server asks by an input_required result.' }
      link.send(errorText(JSON.stringify(said.id), error))
      return
    }
    const stream = this.#isShared ? undefined : [...(this.#hosts.get(key)?.streams ?? [])].at(-1)
    if (stream !== undefined) this.#send(stream, said.text, link)
  }

  #drop(key: string, host: Host): void {
    this.#forget(key, host)
    void host.link.then((link) => link.stop())
  }

  #forget(key: string, host: Host): void {
    if (this.#hosts.get(key) === host) this.#hosts.delete(key)
  }
}

interface Asking {
  readonly message: RequestMessage
  readonly stream: AnswerStream
  readonly link: Link
  readonly host: Host
  readonly exchange: Exchange
}

/** Asks as the era wants to be asked, with what the client says of itself. */
function knowsEra(link: Link, message: RequestMessage): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PROBE_MS)
    const settle = (answer: boolean): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    link.request(requestOf('server/discover', { _meta: withoutToken(message.params['_meta']) }), {
      onReply: (_text, { result }) => settle(isObject(result) && Array.isArray(result['supportedVersions'])),
      onRelated: () => undefined,
      onFailed: () => settle(false),
    })
  })
}

function withoutToken(meta: unknown): unknown {
  return isObject(meta) ? { ...meta, progressToken: undefined } : {}
}

function unsupported(message: RequestMessage): { code: number; message: string; data: unknown } {
  const meta = message.params['_meta']
  const requested = isObject(meta) ? meta['io.modelcontextprotocol/protocolVersion'] : undefined
  const words = 'This MCP server speaks revisions with sessions: begin with initialize.'
  return { code: RPC.versionUnsupported, message: words, data: { supported: LEGACY, requested } }
}

const BAD_REQUESTS: readonly unknown[] = [RPC.headerMismatch, RPC.capabilityMissing, RPC.versionUnsupported]

/** In this era the status says what kind of error it is. */
function statusOf({ error }: ResponseMessage): number {
  if (error === null) return 200
  if (error.code === RPC.methodNotFound) return 404
  return BAD_REQUESTS.includes(error.code) ? 400 : 200
}
