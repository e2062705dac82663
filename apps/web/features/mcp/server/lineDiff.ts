export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
}

/** Above this the old and the new stand whole after one another: a person compares them no faster line by line. */
const MAX_CELLS = 1_000_000

/** Line by line, by the longest common run of lines: the texts are a tool's own, some dozen lines. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  if (a.length * b.length > MAX_CELLS) return [...a.map(gone), ...b.map(added)]
  const width = b.length + 1
  // Cell (i, j): how many lines the rests a[i..] and b[j..] have in common.
  const common = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [old = '', fresh = ''] = [a[i], b[j]]
    if (i < a.length && j < b.length && old === fresh) {
      lines.push({ kind: 'same', text: old })
      i += 1
      j += 1
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(old))
      i += 1
    } else {
      lines.push(added(fresh))
      j += 1
    }
  }
  return lines
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'))
const gone = (text: string): DiffLine => ({ kind: 'gone', text })
const added = (text: string): DiffLine => ({ kind: 'new', text })
