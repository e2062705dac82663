import type { RunEvent } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import type { Row } from '../../timeline/row.ts'
import type { Deed } from './auditFold.ts'
import type { HostSeen } from './networkFold.ts'
import type { PlanItem } from './planFold.ts'
import type { RunFold } from './runFold.ts'
import type { UsageSeen } from './usageFold.ts'

/** Where the events come from. */
export interface RunSource {
  /** Nothing folded yet. What folds comes in a file of its own, after the page that the server drew. */
  readonly openFold: () => Promise<RunFold>
  /** Events after a sequence number, oldest first; fewer than `PAGE` of them are all there are. */
  readPage(after: number): Promise<readonly RunEvent[]>
  /** What comes after it, until the run is gone. Gives the way to stop. */
  watch(after: number, hearer: WatchHearer): () => void
}

interface WatchHearer {
  readonly onEvent: (event: RunEvent) => void
  readonly onError: (error: unknown) => void
  readonly onEnd: () => void
}

export interface LiveClock {
  /** Before the next paint, or never while nobody can see it. */
  readonly beforePaint: (work: () => void) => void
  readonly after: (ms: number, work: () => void) => () => void
}

/** What is shown now; a new object with every paint in which something changed. */
export interface Seen {
  /** `reading` until the history is here; then `live`, or `over`: nothing more will come. */
  readonly phase: 'reading' | 'live' | 'over'
  readonly seq: number
  readonly state: RunState | null
  readonly rows: readonly Row[]
  readonly hosts: readonly HostSeen[]
  readonly usage: UsageSeen
  readonly deeds: readonly Deed[]
  readonly plan: readonly PlanItem[]
  /** Why nothing comes at the moment; it is tried again by itself. */
  readonly error: unknown
}

const NOTHING = { seq: 0, state: null, rows: [], hosts: [], usage: { models: [], calls: [] }, deeds: [], plan: [] }

export const PAGE = 1_000
const RETRY_MS = [500, 1_000, 2_000, 5_000]

/**
 * One run's log as it grows, folded: history in pages, then the stream from where the history ends. Every event has a
 * number, so what comes twice is dropped and what is missing is read; it does not matter what broke in between.
 */
export class LiveRun {
  readonly #source: RunSource
  readonly #clock: LiveClock
  readonly #watchers = new Set<() => void>()
  #fold: RunFold | null = null
  #phase: Seen['phase'] = 'reading'
  #error: unknown = null
  #failures = 0
  #seen: Seen
  #isPaintAsked = false
  #isReading = false
  #stopWatch: (() => void) | null = null
  #callOff: (() => void) | null = null

  constructor(source: RunSource, clock: LiveClock) {
    this.#source = source
    this.#clock = clock
    this.#seen = this.#look()
  }

  get = (): Seen => this.#seen

  /** Live while somebody watches. */
  watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange)
    if (this.#watchers.size === 1) void this.#catchUp()
    return () => {
      this.#watchers.delete(onChange)
      if (this.#watchers.size === 0) this.#rest()
    }
  }

  /** After sleep or a new network: reads at once what was missed, without waiting until the dead line is noticed. */
  refresh(): void {
    if (this.#watchers.size > 0 && this.#phase !== 'over') void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    this.#callOff?.()
    try {
      for (let isMore = true; isMore && this.#watchers.size > 0;) {
        const [fold, page] = await Promise.all([
          this.#fold ?? this.#source.openFold(),
          this.#source.readPage(this.#fold?.seq ?? 0),
        ])
        this.#fold = fold
        for (const event of page) fold.add(event)
        isMore = page.length === PAGE
        this.#changed()
      }
      this.#isReading = false
      this.#listen()
    } catch (error) {
      this.#isReading = false
      this.#tryAgain(error)
    }
  }

  #listen(): void {
    if (this.#watchers.size === 0) return
    if (this.#phase === 'reading') this.#phase = 'live'
    this.#error = null
    this.#failures = 0
    this.#changed()
    if (this.#stopWatch !== null) return
    this.#stopWatch = this.#source.watch(this.#fold?.seq ?? 0, {
      onEvent: (event) => this.#take(event),
      onError: (error) => {
        this.#stopWatch = null
        this.#tryAgain(error)
      },
      onEnd: () => {
        this.#stopWatch = null
        this.#phase = 'over'
        this.#changed()
      },
    })
  }

  #take(event: RunEvent): void {
    const answer = this.#fold?.add(event)
    if (answer === 'added') this.#changed()
    // Cannot happen while the server keeps its word; if it does, the pages have what the stream left out.
    else if (answer === 'gap') {
      this.#stopListening()
      void this.#catchUp()
    }
  }

  #tryAgain(error: unknown): void {
    if (this.#watchers.size === 0) return
    this.#error = error
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0
    this.#failures += 1
    this.#callOff?.()
    this.#callOff = this.#clock.after(wait, () => void this.#catchUp())
    this.#changed()
  }

  #rest(): void {
    this.#stopListening()
    this.#callOff?.()
  }

  #stopListening(): void {
    this.#stopWatch?.()
    this.#stopWatch = null
  }

  #changed(): void {
    if (this.#isPaintAsked) return
    this.#isPaintAsked = true
    this.#clock.beforePaint(() => {
      this.#isPaintAsked = false
      this.#seen = this.#look()
      for (const watcher of this.#watchers) watcher()
    })
  }

  #look(): Seen {
    const now = { phase: this.#phase, error: this.#error }
    if (this.#fold === null) return { ...NOTHING, ...now }
    const { seq, state, timeline, network, usage, audit, plan } = this.#fold
    const { rows } = timeline
    return {
      ...now,
      seq,
      state,
      rows,
      hosts: network.hosts,
      usage: usage.seen,
      deeds: audit.deeds,
      plan: plan.items,
    }
  }
}
