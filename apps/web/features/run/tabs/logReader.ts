import type { RunEvent, StepName } from '@errand/contracts'

export interface Logs {
  /** What each step printed, of long ones the end. */
  readonly steps: ReadonlyMap<StepName, string>
  /** The newest events as they are stored, a line each. */
  readonly raw: readonly string[]
}

type ReadPage = (after: number) => Promise<readonly RunEvent[]>

const MAX_CHARS = 500_000
const MAX_RAW = 500

/** Reads the log for the Logs tab: what was read once is not read again, and a long log does not fill the memory. */
export class LogReader {
  readonly #readPage: ReadPage
  readonly #pageSize: number
  readonly #steps = new Map<StepName, string>()
  #raw: string[] = []
  #seq = 0

  constructor(readPage: ReadPage, pageSize: number) {
    this.#readPage = readPage
    this.#pageSize = pageSize
  }

  /** All there is now. */
  async read(): Promise<Logs> {
    for (let isMore = true; isMore;) {
      const page = await this.#readPage(this.#seq)
      for (const event of page) this.#add(event)
      isMore = page.length === this.#pageSize
    }
    return { steps: new Map(this.#steps), raw: this.#raw.slice(-MAX_RAW) }
  }

  #add(event: RunEvent): void {
    if (event.seq <= this.#seq) return
    this.#seq = event.seq
    this.#raw.push(JSON.stringify(event))
    if (this.#raw.length > MAX_RAW * 2) this.#raw = this.#raw.slice(-MAX_RAW)
    if (event.body.type !== 'output.appended') return
    const { step, text } = event.body
    const whole = (this.#steps.get(step) ?? '') + text
    this.#steps.set(step, whole.length > MAX_CHARS * 2 ? whole.slice(-MAX_CHARS).toWellFormed() : whole)
  }
}
