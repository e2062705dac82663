import { terminalText } from '../../ui/format/terminalText.ts'

/** Words of a line that says what went wrong, from the plainest on. */
const SIGNS = [
  /^\s*(fatal|panic|killed\b|segmentation fault|out of memory)/i,
  /\b(error|exception|traceback|assertion ?error)\b|^\s*(not ok|FAIL|✗|✘|×)/i,
  /\b(failed|failing|failure|cannot|could not|not found|denied|refused|no such)\b/i,
]
const BEFORE = 6
const AFTER = 5

/** The first line that says what went wrong, with what stood around it; else the end of the output. */
export function failingLines(output: string): { readonly lines: readonly string[]; readonly hit: number | null } {
  const lines = terminalText(output).trimEnd().split('\n')
  if (lines.length === 1 && lines[0] === '') return { lines: [], hit: null }
  for (const sign of SIGNS) {
    const at = lines.findIndex((line) => sign.test(line) && !isBoast(line))
    if (at === -1) continue
    const from = Math.max(0, at - BEFORE)
    return { lines: lines.slice(from, at + AFTER + 1), hit: at - from }
  }
  return { lines: lines.slice(-(BEFORE + AFTER)), hit: null }
}

/** `0 failed`, `no errors`: the word is there and nothing is wrong. */
function isBoast(line: string): boolean {
  return (
    /\b(0|no|without)\s+(\w+\s+)?(failed|failing|failures?|errors?)\b/i.test(line) ||
    /\b(fail|error)s?[ :=]+0\b/i.test(line)
  )
}
