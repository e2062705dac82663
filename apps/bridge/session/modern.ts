import type { BridgeDeps } from '../deps.ts'
import { AnswerStream } from '../http/answerStream.ts'
import type { Exchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keepAlive.ts'
import {
  errorText,
  FIRST_MODERN,
  idJson,
  type NotificationMessage,
  ownVersionOf,
  type RequestMessage,
  requestOf,
  type ResponseMessage,
  RPC,
} from '../message/message.ts'
import { isObject } from '../message/spans.ts'
import { Link } from '../server/link.ts'
import { rpcErrorOf } from '../server/startError.ts'
import type { Starts } from '../server/starter.ts'

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
  readonly #starter: Starts
  readonly #keepAlive: KeepAlive
  readonly #deps: BridgeDeps
  /** The revisions of this era that the server speaks: none for one of an earlier era, null until it was asked. */
  #spoken: readonly string[] | null = null

  constructor(starter: Starts, keepAlive: KeepAlive, deps: BridgeDeps) {
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
      const host = this.#spoken?.length === 0 ? null : this.#host(exchange.principal)
      const link = host === null ? null : await host.link
      const isSpoken = this.#spoken?.includes(ownVersionOf(message) ?? '') === true
      if (link === null || host === null || !isSpoken) {
        return stream.end(errorText(id, unsupported(message, this.#spoken ?? [])), this.#keepAlive.now(), 400)
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

  #host(principal: string): Host {
    const key = this.#keyOf(principal)
    const there = this.#hosts.get(key)
    if (there !== undefined) return there
    const host: Host = { link: this.#start(key), streams: new Set(), usedAt: this.#keepAlive.now() }
    this.#hosts.set(key, host)
    host.link.catch(() => this.#forget(key, host))
    return host
  }

  async #start(key: string): Promise<Link> {
    const link: Link = new Link(
      this.#starter,
      {
        onUnrelated: (said) => this.#onUnrelated(link, said, key),
        onEnded: () => void this.#hosts.delete(key),
      },
      this.#deps,
    )
    this.#spoken ??= await revisionsOf(link)
    if (this.#spoken.length === 0) await link.stop()
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

/**
 * Asks with a message of the bridge's own: what a client says of itself may be wrong, and one client's mistake must not
 * make the server one of an earlier era for everybody.
 */
function revisionsOf(link: Link): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), PROBE_MS)
    const settle = (answer: unknown): void => {
      clearTimeout(timer)
      const named = Array.isArray(answer) ? answer : []
      resolve(named.filter((one): one is string => typeof one === 'string' && one >= FIRST_MODERN))
    }
    link.request(requestOf('server/discover', { _meta: PROBE_META }), {
      onReply: (_text, { result, error }) =>
        settle(isObject(result) ? result['supportedVersions'] : supportedIn(error)),
      onRelated: () => undefined,
      onFailed: () => settle(null),
    })
  })
}

/** A server that speaks only later revisions of this era says so by refusing ours. */
function supportedIn(error: ResponseMessage['error']): unknown {
  return error?.code === RPC.versionUnsupported && isObject(error.data) ? error.data['supported'] : null
}

const PROBE_META = {
  'io.modelcontextprotocol/protocolVersion': FIRST_MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'errand', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

function unsupported(
  message: RequestMessage,
  spoken: readonly string[],
): { code: number; message: string; data: unknown } {
  const requested = ownVersionOf(message)
  const words =
    spoken.length === 0
      ? 'This MCP server speaks revisions with sessions: begin with initialize.'
      : `This MCP server does not speak ${requested}.`
  return {
    code: RPC.versionUnsupported,
    message: words,
    data: { supported: spoken.length === 0 ? LEGACY : spoken, requested },
  }
}

const BAD_REQUESTS: readonly unknown[] = [RPC.headerMismatch, RPC.capabilityMissing, RPC.versionUnsupported]

/** In this era the status says what kind of error it is. */
function statusOf({ error }: ResponseMessage): number {
  if (error === null) return 200
  if (error.code === RPC.methodNotFound) return 404
  return BAD_REQUESTS.includes(error.code) ? 400 : 200
}
