import { type Landmark, landmarkOf, type Row } from './row.ts'

/** One line on the screen: a row, or one of a helper's. */
export interface Line {
  readonly row: Row
  readonly isInLane: boolean
  /** Of a helper: how many of its rows are folded away. */
  readonly hidden: number
}

interface View {
  readonly isNewestFirst: boolean
  readonly only: Landmark | null
  /** Helpers whose lanes are unfolded. */
  readonly unfolded: ReadonlySet<number>
}

/** The lines to show, from top to bottom. A folded lane shows its newest row. */
export function linesOf(rows: readonly Row[], view: View): readonly Line[] {
  const lines: Line[] = []
  for (const row of view.isNewestFirst ? rows.toReversed() : rows) addLines(lines, row, view)
  return lines
}

function addLines(lines: Line[], row: Row, { only, unfolded, isNewestFirst }: View): void {
  const lane = only === null ? row.lane : row.lane.filter((one) => landmarkOf(one) === only)
  if (only !== null && lane.length === 0 && landmarkOf(row) !== only) return
  const shown = only !== null || unfolded.has(row.seq) ? lane : lane.slice(-1)
  lines.push({ row, isInLane: row.lane.length > 0, hidden: only === null ? lane.length - shown.length : 0 })
  for (const one of isNewestFirst ? shown.toReversed() : shown) lines.push({ row: one, isInLane: true, hidden: 0 })
}

export interface Counts {
  readonly steps: number
  readonly error: number
  readonly question: number
  readonly change: number
}

export function countsOf(rows: readonly Row[]): Counts {
  const counts = { steps: 0, error: 0, question: 0, change: 0 }
  for (const row of rows) {
    for (const one of [row, ...row.lane]) {
      counts.steps += 1
      const landmark = landmarkOf(one)
      if (landmark !== null) counts[landmark] += 1
    }
  }
  return counts
}

/** The next line after `from` (before it, with `step` −1) that is an error, a question or a change; null when there is none. */
export function nextLandmark(lines: readonly Line[], from: number, step: 1 | -1): number | null {
  for (let index = from + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index]
    if (line !== undefined && landmarkOf(line.row) !== null) return index
  }
  return null
}
