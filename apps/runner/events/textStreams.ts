import type { RunnerEvent, StepName } from '@errand/contracts'
import type { Clock } from '../clock.ts'

/** Running text that belongs together: one agent's words, one agent's thoughts, one step's output. */
export type TextStream =
  | { readonly type: 'text.appended' | 'thought.appended'; readonly parentId?: string }
  | { readonly type: 'output.appended'; readonly step: StepName }

const FLUSH_MS = 100
/** Of one stream, per flush. A program that prints faster is cut here; the log artifact has all of it. */
const MAX_FLUSH_CHARS = 64 * 1024
/** Of one stream, in the whole run. */
const MAX_STREAM_CHARS = 5 * 1024 * 1024

interface Buffered {
  readonly stream: TextStream
  text: string
  left: number
  total: number
  callOff: (() => void) | null
}

/** Puts running text together, so that a stream of tokens becomes at most ten events a second. */
export class TextStreams {
  readonly #clock: Clock
  readonly #emit: (event: RunnerEvent) => void
  readonly #streams = new Map<string, Buffered>()

  constructor(clock: Clock, emit: (event: RunnerEvent) => void) {
    this.#clock = clock
    this.#emit = emit
  }

  append(stream: TextStream, text: string): void {
    if (text === '') return
    const buffered = this.#bufferOf(stream)
    const room = Math.max(0, Math.min(MAX_FLUSH_CHARS - buffered.text.length, MAX_STREAM_CHARS - buffered.total))
    buffered.text += text.slice(0, room)
    buffered.total += Math.min(room, text.length)
    buffered.left += Math.max(0, text.length - room)
    buffered.callOff ??= this.#clock.after(FLUSH_MS, () => this.#flushOne(buffered))
  }

  /** Called before any other event, so that what was said before it is read before it. */
  flush(): void {
    for (const buffered of this.#streams.values()) this.#flushOne(buffered)
  }

  #bufferOf(stream: TextStream): Buffered {
    const key = `${stream.type} ${'step' in stream ? stream.step : (stream.parentId ?? '')}`
    const known = this.#streams.get(key)
    if (known !== undefined) return known
    const fresh: Buffered = { stream, text: '', left: 0, total: 0, callOff: null }
    this.#streams.set(key, fresh)
    return fresh
  }

  #flushOne(buffered: Buffered): void {
    buffered.callOff?.()
    buffered.callOff = null
    const { text, left, stream, total } = buffered
    if (text === '' && left === 0) return
    buffered.text = ''
    // Once a stream is full its note is written once, not ten times a second.
    if (text === '' && total >= MAX_STREAM_CHARS) return
    buffered.left = 0
    const note = left === 0 ? '' : `\n… ${left} characters are left out here; the log artifact has them …\n`
    this.#emit({ ...stream, text: text + note })
  }
}
