import { type Answer, type CallError, errorOf } from './callError.ts'

export interface Listener {
  readonly onData?: ((data: unknown) => void) | undefined
  readonly onError?: ((error: CallError) => void) | undefined
  readonly onComplete?: (() => void) | undefined
}

interface Subscription extends Listener {
  readonly path: string
  readonly input: unknown
  /** Where the server goes on after a break. */
  lastEventId?: string | undefined
}

interface Message {
  readonly id: number | null
  readonly method?: 'reconnect'
  readonly result?: { readonly type: 'started' | 'data' | 'stopped'; readonly id?: string; readonly data?: unknown }
  readonly error?: NonNullable<Answer['error']>
}

interface LiveSocketOptions {
  readonly url: string
  /** The server's reason for having closed it. */
  readonly onClosed: (code: number) => void
}

const RETRY_MS = 250
const MAX_RETRY_MS = 5_000
/** A line that says nothing for so long is asked whether it is there. */
const QUIET_MS = 20_000
const PATIENCE_MS = 5_000
/** Of no use for so long, it is closed. */
const IDLE_MS = 10_000

/** One WebSocket for every tRPC subscription of a tab, opened with the first of them. A broken line is mended, and each goes on where it was. */
export class LiveSocket {
  readonly #options: LiveSocketOptions
  readonly #wanted = new Map<number, Subscription>()
  #socket: WebSocket | null = null
  #nextId = 1
  #tries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #beat: ReturnType<typeof setTimeout> | undefined

  constructor(options: LiveSocketOptions) {
    this.#options = options
  }

  /** Until what is given back is called. */
  listen(asked: { readonly path: string; readonly input: unknown } & Listener): () => void {
    const id = this.#nextId++
    this.#wanted.set(id, { ...asked })
    clearTimeout(this.#idle)
    if (this.#socket !== null) this.#start(id)
    else if (this.#retry === undefined) this.#connect()
    return () => {
      if (!this.#wanted.delete(id)) return
      this.#send({ id, method: 'subscription.stop' })
      this.#rest()
    }
  }

  /** A socket may outlive its line without knowing it: where there was none, a new one is opened at once. */
  renew(): void {
    this.#tries = 0
    this.#lose()
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url)
    this.#retry = undefined
    this.#socket = socket
    this.#hear()
    socket.addEventListener('open', () => {
      this.#hear()
      for (const id of this.#wanted.keys()) this.#start(id)
    })
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (this.#socket !== socket) return
      this.#tries = 0
      this.#hear()
      if (data === 'PING') socket.send('PONG')
      else if (data !== 'PONG') this.#take(JSON.parse(data) as Message)
    })
    socket.addEventListener('close', ({ code }) => {
      this.#options.onClosed(code)
      if (this.#socket === socket) this.#lose()
    })
  }

  /** The line was heard, or is on its way: when nothing comes it is asked, and given up. */
  #hear(): void {
    clearTimeout(this.#beat)
    this.#beat = setTimeout(() => {
      this.#send('PING')
      // A dead line takes minutes to say so.
      this.#beat = setTimeout(() => this.#lose(), PATIENCE_MS)
    }, QUIET_MS)
  }

  #lose(): void {
    clearTimeout(this.#beat)
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#socket?.close()
    this.#socket = null
    if (this.#wanted.size === 0) return
    this.#retry = setTimeout(() => this.#connect(), Math.min(RETRY_MS * 2 ** this.#tries++, MAX_RETRY_MS))
  }

  #start(id: number): void {
    const { path, input, lastEventId } = this.#wanted.get(id) ?? {}
    this.#send({ id, method: 'subscription', params: { path, input, lastEventId } })
  }

  /** What cannot be sent now is sent when the line opens, or means nothing any more. */
  #send(message: 'PING' | object): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  #take({ id, method, result, error }: Message): void {
    if (method === 'reconnect') return this.#lose()
    const subscription = id === null ? undefined : this.#wanted.get(id)
    if (id === null || subscription === undefined) return
    if (result?.type === 'started') return
    if (result?.type === 'data') {
      subscription.lastEventId = result.id ?? subscription.lastEventId
      return subscription.onData?.(result.data)
    }
    this.#wanted.delete(id)
    this.#rest()
    if (error === undefined) subscription.onComplete?.()
    else subscription.onError?.(errorOf({ error }))
  }

  #rest(): void {
    if (this.#wanted.size > 0) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#lose(), IDLE_MS)
  }
}
