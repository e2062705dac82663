import type { BridgeDeps } from '../deps.ts'
import {
  idJson,
  type NotificationMessage,
  progressTokenJson,
  readMessage,
  type RequestMessage,
  type ResponseMessage,
  RPC,
  type RpcError,
  subscriptionOf,
  withId,
  withProgressToken,
  withSubscription,
} from '../message/message.ts'
import { replaceAt } from '../message/spans.ts'
import type { LongLine } from './lines.ts'
import type { StartedServer, Starts } from './starter.ts'

/** Whoever waits for the answer to a request. All texts carry the caller's own ids. */
export interface Waiting {
  onReply(text: string, message: ResponseMessage): void
  /** Progress, and what a subscription brings. */
  onRelated(text: string): void
  onFailed(error: RpcError): void
}

export interface Ticket {
  /** Tells the server that nobody waits any more. What it still says about it goes nowhere. */
  cancel(reason: string): void
}

export interface LinkListener {
  /** What belongs to none of the requests under way. */
  onUnrelated(message: RequestMessage | NotificationMessage): void
  onEnded(): void
}

/** Whatever may stall because a reader is slow. */
export interface Holder {
  once(event: 'drain' | 'close', listener: () => void): unknown
}

interface Pending {
  readonly waiting: Waiting
  readonly id: string
  readonly progressToken: string | null
}

/**
 * The conversation with one process of the server. Every request gets an id of ours, and so does its progress: two
 * callers can choose the same ones, and an answer finds whoever asked and nobody else. Beyond these the bytes of a
 * message stay as they were.
 */
export class Link {
  readonly #deps: BridgeDeps
  readonly #listener: LinkListener
  readonly #started: StartedServer
  readonly #pending = new Map<number, Pending>()
  readonly #holders = new Set<Holder>()
  #lastId = 0
  isOver = false

  constructor(starter: Starts, listener: LinkListener, deps: BridgeDeps) {
    this.#deps = deps
    this.#listener = listener
    this.#started = starter.start({
      onLine: (line) => this.#onLine(line),
      onLongLine: (line) => this.#onLongLine(line),
    })
    void this.#started.process.ended.then(({ words }) => this.#onEnded(words))
  }

  get waiting(): number {
    return this.#pending.size
  }

  /** Null when it could not be sent; the caller was told. */
  request(message: RequestMessage, waiting: Waiting): Ticket | null {
    const refusal = this.#refusal()
    if (refusal !== null) {
      waiting.onFailed(refusal)
      return null
    }
    const id = ++this.#lastId
    const progressToken = progressTokenJson(message)
    const text = withId(message.text, `${id}`)
    if (!this.send(progressToken === null ? text : withProgressToken(text, `${id}`))) {
      waiting.onFailed(BUSY)
      return null
    }
    this.#pending.set(id, { waiting, id: idJson(message), progressToken })
    return { cancel: (reason) => this.#cancel(id, reason) }
  }

  /** False when the server does not read. */
  send(text: string): boolean {
    return !this.isOver && this.#started.process.write(text)
  }

  /** Nothing more is read from the server until this one has caught up. */
  hold(holder: Holder): void {
    if (this.#holders.has(holder)) return
    this.#holders.add(holder)
    this.#started.process.pause()
    const letGo = (): void => {
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.#started.process.resume()
    }
    holder.once('drain', letGo)
    holder.once('close', letGo)
  }

  async stop(): Promise<void> {
    await this.#started.process.stop()
  }

  #refusal(): RpcError | null {
    if (this.isOver) return { code: RPC.server, message: 'The MCP server is gone.', data: { code: 'mcp.crashed' } }
    return this.#pending.size >= this.#deps.limits.waiting ? BUSY : null
  }

  #cancel(id: number, reason: string): void {
    if (!this.#pending.delete(id)) return
    const params = { requestId: id, reason }
    this.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }))
  }

  #onLine(line: string): void {
    const text = this.#deps.mask(line)
    if (text.trim() === '') return
    const message = readOrNull(text)
    if (message === null) return this.#started.log.babbled('not a message', text)
    if (message.kind === 'response') return this.#onResponse(message)
    if (message.kind === 'request') return this.#listener.onUnrelated(message)
    if (message.method === 'notifications/progress') return this.#onProgress(message)
    const subscription = subscriptionOf(message)
    if (subscription === null) return this.#listener.onUnrelated(message)
    const pending = typeof subscription === 'number' ? this.#pending.get(subscription) : undefined
    pending?.waiting.onRelated(withSubscription(message.text, pending.id))
  }

  #onResponse(message: ResponseMessage): void {
    this.#started.answered()
    const { id } = message
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined
    if (typeof id !== 'number' || pending === undefined) {
      this.#started.log.babbled('an answer that nobody waits for', message.text)
      return
    }
    this.#pending.delete(id)
    pending.waiting.onReply(withId(message.text, pending.id), message)
  }

  #onProgress(message: NotificationMessage): void {
    const token = message.params['progressToken']
    const pending = typeof token === 'number' ? this.#pending.get(token) : undefined
    if (pending === undefined || pending.progressToken === null) return
    pending.waiting.onRelated(replaceAt(message.text, ['params', 'progressToken'], pending.progressToken))
  }

  #onLongLine(line: LongLine): void {
    this.#started.log.babbled(`a message of ${line.bytes} bytes`, this.#deps.mask(line.head))
    if (/^\s*\{\s*("jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"method"/.test(line.head)) return
    this.#started.answered()
    const id = idOf(line)
    const message = `The MCP server’s answer is one message of ${line.bytes} bytes; ${this.#deps.limits.lineBytes} are the limit.`
    // An answer that cannot be told to be one request's is everybody's loss.
    const lost = id !== null && this.#pending.has(id) ? [id] : [...this.#pending.keys()]
    for (const one of lost) this.#fail(one, { code: RPC.server, message, data: { code: 'mcp.answer-too-large' } })
  }

  #onEnded(words: string): void {
    this.isOver = true
    const { lastWords } = this.#started.log
    const message = `The MCP server is gone: ${words}.${lastWords === '' ? '' : ` It said: ${lastWords}`}`
    for (const id of [...this.#pending.keys()]) {
      this.#fail(id, { code: RPC.server, message, data: { code: 'mcp.crashed' } })
    }
    this.#listener.onEnded()
  }

  #fail(id: number, error: RpcError): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.waiting.onFailed(error)
  }
}

const BUSY: RpcError = {
  code: RPC.server,
  message: 'The MCP server has too many requests that it has not answered yet.',
  data: { code: 'mcp.busy' },
}

function readOrNull(text: string): ReturnType<typeof readMessage> {
  try {
    return readMessage(text)
  } catch (error) {
    // Servers that print to standard output are common; it is their log then.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** In the long line of an answer: libraries write the id first or last. */
function idOf({ head, tail }: LongLine): number | null {
  const first = /^\s*\{\s*("jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(head)?.[2]
  const last = /,\s*"id"\s*:\s*(\d+)\s*(,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail)?.[1]
  const id = first ?? last
  return id === undefined ? null : Number(id)
}
