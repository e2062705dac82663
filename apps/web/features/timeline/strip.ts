import { landmarkOf, type Row } from './row.ts'

/** How a step stands in the strip: short for reads, medium for changes, tall for errors and questions. */
export type Bar = 'r' | 'e' | 'x' | 'q'

const RANK: Record<Bar, number> = { r: 0, e: 1, x: 2, q: 3 }
/** More cannot be told apart, nor pressed. */
export const MAX_BARS = 240

export interface Strip {
  readonly bars: readonly Bar[]
  /** How many steps a bar stands for; of several the most important is seen. */
  readonly stepsPerBar: number
}

export function stripOf(rows: readonly Row[]): Strip {
  const stepsPerBar = Math.max(1, Math.ceil(rows.length / MAX_BARS))
  const bars: Bar[] = []
  rows.forEach((row, index) => {
    const bar = barOf(row)
    const at = Math.floor(index / stepsPerBar)
    const known = bars[at]
    if (known === undefined || RANK[bar] > RANK[known]) bars[at] = bar
  })
  return { bars, stepsPerBar }
}

function barOf(row: Row): Bar {
  if (row.kind === 'question' || row.kind === 'host') return row.isRunning ? 'q' : 'e'
  const marks = [row, ...row.lane].map(landmarkOf)
  if (marks.includes('error')) return 'x'
  return marks.includes('change') ? 'e' : 'r'
}

const SHAPES: Record<Bar, readonly [top: number, height: number]> = {
  r: [13, 6],
  e: [8, 11],
  x: [1, 18],
  q: [1, 18],
}

/** One path for all bars of a kind, in a box of 10 units a bar and 20 high. */
export function pathOf(bars: readonly Bar[], kind: Bar): string {
  const [top, height] = SHAPES[kind]
  return bars.map((bar, index) => (bar === kind ? `M${index * 10 + 1} ${top}h7v${height}h-7z` : '')).join('')
}
