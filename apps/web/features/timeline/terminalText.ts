import { terminalText as terminalTextOf } from '../../ui/format/terminalText.ts'

/** What a terminal would show in the end, with its colours. */
export function terminalText(text: string): string {
  return terminalTextOf(text, { colours: true })
}

/* oxlint-disable-next-line no-control-regex -- the character that begins a colour */
const COLOURS = /\u001b\[[\d;]*m/g

export function withoutColours(text: string): string {
  return text.replaceAll(COLOURS, '')
}

const ERROR = /\b\w*(?:Error|Exception)\b|\b(?:error|fatal|FAIL(?:ED)?|panicked)\b[: ]|^not ok\b/

/** Where the first line stands that names an error. */
export function errorLine(text: string): { from: number; to: number } | null {
  let from = 0
  for (const line of text.split('\n')) {
    if (ERROR.test(line)) return { from, to: from + line.length }
    from += line.length + 1
  }
  return null
}
