import type { RunEvent } from '@errand/contracts'
import { addEvent } from './addEvent.ts'
import type { Row } from './row.ts'

/** A row that may still change. Rows are replaced, never changed in place: whoever shows one compares by identity. */
export interface Place {
  /** The helper in whose lane it stands; null at the top. */
  readonly lane: number | null
  readonly index: number
}

/**
 * The timeline of a run, folded from its events alone. `rows` is the same array as long as nothing changed; adding an event
 * costs the rows that it touches, not those that are there.
 */
export class Timeline {
  #rows: Row[] = []
  #shared: readonly Row[] = []
  #isShared = true
  /** Where tools, questions and notes stand that are not over, by their id. */
  readonly open = new Map<string, Place>()
  /** Which lane a helper's id leads to. */
  readonly lanes = new Map<string, number>()

  add(event: RunEvent): void {
    addEvent(this, event)
  }

  get rows(): readonly Row[] {
    if (!this.#isShared) this.#shared = [...this.#rows]
    this.#isShared = true
    return this.#shared
  }

  get length(): number {
    return this.#rows.length
  }

  append(row: Row, lane: number | null = null): Place {
    this.#isShared = false
    const helper = lane === null ? undefined : this.#rows[lane]
    if (lane === null || helper === undefined) return { lane: null, index: this.#rows.push(row) - 1 }
    this.#rows[lane] = { ...helper, lane: [...helper.lane, row] }
    return { lane, index: helper.lane.length }
  }

  at({ lane, index }: Place): Row | undefined {
    return lane === null ? this.#rows[index] : this.#rows[lane]?.lane[index]
  }

  /** The newest row of a lane, or of the top. */
  last(lane: number | null = null): { place: Place; row: Row } | null {
    const index = (lane === null ? this.#rows.length : (this.#rows[lane]?.lane.length ?? 0)) - 1
    const row = this.at({ lane, index })
    return row === undefined ? null : { place: { lane, index }, row }
  }

  change(place: Place, change: Partial<Row>): void {
    const row = this.at(place)
    if (row === undefined) return
    this.#isShared = false
    const changed = { ...row, ...change }
    if (place.lane === null) {
      this.#rows[place.index] = changed
      return
    }
    const helper = this.#rows[place.lane]
    if (helper !== undefined) this.#rows[place.lane] = { ...helper, lane: helper.lane.with(place.index, changed) }
  }
}

export function rowsOf(events: readonly RunEvent[]): readonly Row[] {
  const timeline = new Timeline()
  for (const event of events) timeline.add(event)
  return timeline.rows
}
