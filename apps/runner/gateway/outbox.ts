import type { RunnerEvent } from '@errand/contracts'
import type { Clock } from '../clock.ts'
import { backoffMs } from './backoff.ts'
import { eventJson, shed } from './outboxText.ts'

/** What became of one batch. `unreachable` says nothing about whether it arrived: it is sent again, which is harmless. */
export type SendAnswer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'over' }
  | { readonly kind: 'unreachable' }

export interface OutboxDeps {
  /** Sends the JSON of an `EventBatch`. Never rejects. */
  readonly send: (batch: string) => Promise<SendAnswer>
  readonly clock: Clock
  readonly random: () => number
  /** Whether the gateway has been away for so long that sending makes no sense any more. */
  readonly isLost: () => boolean
  /** Nobody will take events any more. Called once. */
  readonly onClosed: (why: 'over' | 'gateway-lost') => void
}

/** Between the beginnings of two batches. An event after a pause does not wait for it: somebody may be watching. */
const BATCH_GAP_MS = 100
/** What happens together goes together. */
const GATHER_MS = 5
const BATCH_EVENTS = 500
const BATCH_BYTES = 256 * 1024
/** Above this, text that was never sent makes room. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024

export interface Entry {
  readonly at: string
  readonly body: RunnerEvent
  readonly json: string
}

/**
 * The run's events on their way out: numbered from 1 without a gap, in order, sent in batches, kept until the gateway
 * has confirmed them, sent again from where the gateway says. One batch is under way at a time.
 */
export class Outbox {
  readonly #deps: OutboxDeps
  #pending: Entry[] = []
  #bytes = 0
  /** Number of the first pending event. */
  #first = 1
  /** How many of the pending ones were sent at least once: what their numbers mean can no longer change. */
  #attempted = 0
  /** Smaller than a whole batch only while an event that the gateway refuses is being looked for. */
  #limit = BATCH_EVENTS
  /** When the last batch began its way. */
  #sentAt = Number.NEGATIVE_INFINITY
  #isSending = false
  #isDraining = false
  #isClosed = false
  #callOff: (() => void) | null = null
  #waiting: (() => void)[] = []

  constructor(deps: OutboxDeps) {
    this.#deps = deps
  }

  add(body: RunnerEvent): void {
    if (this.#isClosed) return
    const at = new Date(this.#deps.clock.now()).toISOString()
    this.#keep({ at, body, json: eventJson(at, body) })
    if (this.#bytes > MAX_PENDING_BYTES) this.#makeRoom(at)
    if (this.#isFull()) this.#kick()
    else this.#callOff ??= this.#deps.clock.after(this.#delayMs(), () => this.#kick())
  }

  /** Sends what is there without waiting for more. Resolves when all is confirmed, or nobody takes it any more. */
  drain(): Promise<void> {
    if (this.#isClosed || this.#pending.length === 0) return Promise.resolve()
    this.#isDraining = true
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#kick()
    return done
  }

  #keep(entry: Entry): void {
    this.#pending.push(entry)
    this.#bytes += entry.json.length
  }

  #isFull(): boolean {
    return this.#pending.length >= BATCH_EVENTS || this.#bytes >= BATCH_BYTES
  }

  #kick(): void {
    this.#callOff?.()
    this.#callOff = null
    if (!this.#isSending) void this.#sendAll()
  }

  #delayMs(): number {
    return Math.max(GATHER_MS, this.#sentAt + BATCH_GAP_MS - this.#deps.clock.now())
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    let failures = 0
    while (this.#pending.length > 0 && !this.#isClosed) {
      const count = this.#batchLength()
      this.#attempted = Math.max(this.#attempted, count)
      this.#sentAt = this.#deps.clock.now()
      const events = this.#pending.slice(0, count).map((entry) => entry.json)
      const answer = await this.#deps.send(`{"first":${this.#first},"events":[${events.join(',')}]}`)
      const isMoving = this.#take(answer, count)
      failures = isMoving ? 0 : failures + 1
      if (!isMoving && !this.#isClosed) await this.#wait(backoffMs(failures - 1, this.#deps.random))
      else if (!this.#isDraining && !this.#isFull() && this.#limit === BATCH_EVENTS) break
    }
    this.#isSending = false
    if (this.#pending.length === 0 || this.#isClosed) this.#release()
    else this.#callOff ??= this.#deps.clock.after(this.#delayMs(), () => this.#kick())
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(ms, resolve))
  }

  #batchLength(): number {
    let bytes = 0
    let count = 0
    for (const { json } of this.#pending) {
      bytes += json.length
      if (count > 0 && (bytes > BATCH_BYTES || count >= this.#limit)) break
      count++
    }
    return count
  }

  /** Takes the answer to a batch of `count` events. Returns whether to go on at once. */
  #take(answer: SendAnswer, count: number): boolean {
    switch (answer.kind) {
      case 'ok':
        this.#confirm(count)
        this.#limit = BATCH_EVENTS
        return true
      case 'gap':
        return this.#moveTo(answer.expected)
      case 'refused':
        if (count > 1) this.#limit = Math.ceil(count / 2)
        else this.#replaceFirst(answer.words)
        return true
      case 'over':
        this.#close('over')
        return false
      case 'unreachable':
        if (this.#deps.isLost()) this.#close('gateway-lost')
        return false
    }
  }

  #confirm(count: number): void {
    for (const { json } of this.#pending.splice(0, count)) this.#bytes -= json.length
    this.#first += count
    this.#attempted = Math.max(0, this.#attempted - count)
  }

  /** The gateway's count is the truth: what it has is confirmed; what it lost after confirming it is gone. */
  #moveTo(expected: number): boolean {
    const known = expected - this.#first
    if (known === 0 || known > this.#pending.length) return false
    if (known > 0) this.#confirm(known)
    else this.#first = expected
    return true
  }

  /** One event that the gateway does not understand must not hold up the rest. */
  #replaceFirst(words: string): void {
    const [refused] = this.#pending
    if (refused === undefined) return
    const { at, body } = refused
    const note: RunnerEvent = {
      type: 'note.raised',
      level: 'warn',
      code: 'events.malformed',
      words: `The event ${body.type} was refused: ${words}`.slice(0, 2000),
    }
    const isOurNote = body.type === 'note.raised' && body.code === 'events.malformed'
    if (isOurNote) return this.#close('over')
    const json = eventJson(at, note)
    this.#bytes += json.length - refused.json.length
    this.#pending[0] = { at, body: note, json }
  }

  #makeRoom(at: string): void {
    const sent = this.#pending.slice(0, this.#attempted)
    const kept = shed(this.#pending.slice(this.#attempted), at)
    this.#pending = [...sent, ...kept]
    this.#bytes = this.#pending.reduce((sum, { json }) => sum + json.length, 0)
  }

  #close(why: 'over' | 'gateway-lost'): void {
    this.#isClosed = true
    this.#pending = []
    this.#bytes = 0
    this.#deps.onClosed(why)
  }

  #release(): void {
    this.#isDraining = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
