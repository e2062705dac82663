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
 * costs the row that it touches, not those that are there.
 */
export class Timeline {
  #rows: Row[] = []
  /** What stands in the lanes, by the place of their helper; put into its row when somebody looks. */
  readonly #lanes = new Map<number, Row[]>()
  readonly #staleLanes = new Set<number>()
  #shared: readonly Row[] = []
  #isShared = true
  /** Where tools, steps, questions and notes stand that are not over, by their id. */
  readonly open = new Map<string, Place>()
  /** Which lane a helper's id leads to. */
  readonly lanes = new Map<string, number>()
  /** The verb for the end of a call that goes on, by the call's id. */
  readonly verbs = new Map<string, string>()

  /** Somebody asked to stop it: what breaks off from then on is no error. */
  isStopping = false

  add(event: RunEvent): void {
    if (event.body.type === 'cancel.requested') this.isStopping = true
    addEvent(this, event)
  }

  get rows(): readonly Row[] {
    if (this.#isShared) return this.#shared
    for (const index of this.#staleLanes) {
      const helper = this.#rows[index]
      if (helper !== undefined) this.#rows[index] = { ...helper, lane: [...(this.#lanes.get(index) ?? [])] }
    }
    this.#staleLanes.clear()
    this.#shared = [...this.#rows]
    this.#isShared = true
    return this.#shared
  }

  append(row: Row, lane: number | null = null): Place {
    const rows = this.#listOf(lane)
    return { lane, index: rows.push(row) - 1 }
  }

  at({ lane, index }: Place): Row | undefined {
    return lane === null ? this.#rows[index] : this.#lanes.get(lane)?.[index]
  }

  /** The newest row of a lane, or of the top. */
  last(lane: number | null = null): { place: Place; row: Row } | null {
    const index = (lane === null ? this.#rows.length : (this.#lanes.get(lane)?.length ?? 0)) - 1
    const row = this.at({ lane, index })
    return row === undefined ? null : { place: { lane, index }, row }
  }

  change(place: Place, change: Partial<Row>): void {
    const row = this.at(place)
    if (row !== undefined) this.#listOf(place.lane)[place.index] = { ...row, ...change }
  }

  /** The list to write to: whoever looks next gets a new array. */
  #listOf(lane: number | null): Row[] {
    this.#isShared = false
    if (lane === null) return this.#rows
    this.#staleLanes.add(lane)
    const rows = this.#lanes.get(lane) ?? []
    this.#lanes.set(lane, rows)
    return rows
  }
}

export function rowsOf(events: readonly RunEvent[]): readonly Row[] {
  const timeline = new Timeline()
  for (const event of events) timeline.add(event)
  return timeline.rows
}
