/* oxlint-disable no-control-regex -- these are the control characters of a terminal */

/** Titles, links and what else a terminal is told: up to BEL or ST. */
const OPERATING = /\u001b[\]PX^_].*?(?:\u0007|\u001b\\)/gs
/** Every control sequence but colours. */
const MOVES = /\u001b\[[0-?]*[ -/]*[@-ln-~]/g
const OTHERS = /\u001b[^[]|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g

/** What a terminal would show in the end: colours stay, moves of the cursor go, and a line that was overwritten is its last form. */
export function terminalText(text: string): string {
  return text
    .replaceAll(OPERATING, '')
    .replaceAll(MOVES, '')
    .replaceAll(OTHERS, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/^.*\r(?=[^\n])/gm, '')
    .replaceAll('\r', '')
}

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
