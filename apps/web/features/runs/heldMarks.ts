import { placeRows, shownRuns } from './placeRows.ts'
import type { Groups, ListedRun, RunId } from './types.ts'

export interface Marks {
  readonly isSeen?: boolean
  readonly isArchived?: boolean
}

interface Writing {
  /** By the clock of the marks; Infinity until the server has written them. */
  writtenAt: number
}

interface Held {
  readonly run: ListedRun
  readonly marks: Marks
  readonly writing: Writing
}

/** What a person has just marked: an answer that was read before it was written does not take it back. */
export class HeldMarks {
  #clock = 0
  readonly #held = new Map<RunId, Held>()

  /** Remembered with each question to the server when it is asked. */
  now(): number {
    return this.#clock
  }

  /** Gives the runs as they stand from now on, and what to call once the server has answered, whatever it said. */
  hold(
    runs: readonly ListedRun[],
    marks: Marks,
  ): { readonly marked: readonly ListedRun[]; readonly settled: () => void } {
    const writing: Writing = { writtenAt: Infinity }
    const marked = runs.map((run) => withMarks(run, marks))
    for (const run of marked) {
      const before = this.#held.get(run.id)
      // What is still on its way holds as well, and is written first.
      const more = before?.writing.writtenAt === Infinity ? before.marks : {}
      this.#held.set(run.id, { run, marks: { ...more, ...marks }, writing })
    }
    return { marked, settled: () => void (writing.writtenAt = ++this.#clock) }
  }

  /** Rows of an answer that was asked for at `askedAt`, with what it cannot know yet. */
  over(rows: readonly ListedRun[], askedAt: number): readonly ListedRun[] {
    return rows.map((row) => {
      const held = this.#held.get(row.id)
      return held === undefined || held.writing.writtenAt <= askedAt ? row : withMarks(row, held.marks)
    })
  }

  /** The same of all groups, which may lack a run that is back, and hold one that is out of the way. */
  overGroups(groups: Groups, askedAt: number): Groups {
    const rows = new Map(shownRuns(groups).map((row) => [row.id, row]))
    const late: ListedRun[] = []
    for (const [id, { run, marks, writing }] of this.#held) {
      if (writing.writtenAt > askedAt) late.push(withMarks(rows.get(id) ?? run, marks))
      else this.#held.delete(id)
    }
    return late.length === 0 ? groups : placeRows(groups, late)
  }
}

function withMarks(run: ListedRun, { isSeen, isArchived }: Marks): ListedRun {
  return {
    ...run,
    isUnseen: isSeen === undefined ? run.isUnseen : !isSeen,
    isArchived: isArchived ?? run.isArchived,
  }
}

/** Of this page. */
export const heldMarks = new HeldMarks()
