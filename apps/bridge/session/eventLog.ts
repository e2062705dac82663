interface Entry {
  readonly stream: number
  readonly sequence: number
  readonly text: string
}

const MAX_CHARS = 2 ** 20
const MAX_EVENTS = 1_000

/** The last events of a session, for a client whose connection broke. */
export class EventLog<T> {
  readonly #streams = new Map<number, { readonly owner: T; sequence: number; isClosed: boolean }>()
  #entries: Entry[] = []
  #chars = 0
  #lastStream = 0

  open(owner: T): number {
    this.#streams.set(++this.#lastStream, { owner, sequence: 0, isClosed: false })
    return this.#lastStream
  }

  /** Keeps an event and gives its id. */
  add(stream: number, text: string): string {
    const state = this.#streams.get(stream)
    const sequence = state === undefined ? 0 : ++state.sequence
    this.#entries.push({ stream, sequence, text })
    this.#chars += text.length
    while (this.#chars > MAX_CHARS || this.#entries.length > MAX_EVENTS) {
      const oldest = this.#entries.shift()
      if (oldest === undefined) break
      this.#chars -= oldest.text.length
      this.#forget(oldest.stream)
    }
    return `${stream}-${sequence}`
  }

  close(stream: number): void {
    const state = this.#streams.get(stream)
    if (state !== undefined) state.isClosed = true
    this.#forget(stream)
  }

  /** What came on the same stream after this event. Null: the id is not one of ours any more. */
  after(id: string): { readonly owner: T; readonly missed: readonly { id: string; text: string }[] } | null {
    const [stream = NaN, sequence = NaN] = id.split('-').map(Number)
    const state = this.#streams.get(stream)
    if (state === undefined || !(sequence <= state.sequence)) return null
    const missed = this.#entries
      .filter((entry) => entry.stream === stream && entry.sequence > sequence)
      .map((entry) => ({ id: `${stream}-${entry.sequence}`, text: entry.text }))
    // Some of what it missed is gone already: half a story would be worse than none.
    return missed.length === state.sequence - sequence ? { owner: state.owner, missed } : null
  }

  #forget(stream: number): void {
    const isKept =
      this.#streams.get(stream)?.isClosed !== true || this.#entries.some((entry) => entry.stream === stream)
    if (!isKept) this.#streams.delete(stream)
  }
}
