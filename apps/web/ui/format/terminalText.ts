// Written as codes: the characters themselves are not to be seen in an editor.
const ESC = '\\u001B'
const STRING = `${ESC}[\\]PX^_][\\s\\S]*?(?:\\u0007|${ESC}\\\\|$)`
const SEQUENCE = `(?:${ESC}\\[|\\u009B)[0-?]*[ -/]*[@-~]`
const OTHER = `${ESC}[ -/]*[0-~]?`

const ALL = new RegExp(`${STRING}|${SEQUENCE}|${OTHER}|[\\u0080-\\u009F]`, 'g')
const COLOUR = new RegExp(`^${ESC}\\[[0-9;:]*m$`)
/** Everything below a space but tab and line feed. */
const CONTROL = /(?![\t\n])\p{Cc}/gu

/**
 * What a terminal would show, without the ways to command one: titles, links, the clipboard, moves of the cursor. Colours
 * stay when they are wanted. A line that was written over shows its last state.
 */
export function terminalText(text: string, { colours = false }: { colours?: boolean } = {}): string {
  const kept = text.replace(ALL, (sequence) => (colours && COLOUR.test(sequence) ? sequence : ''))
  return kept
    .replaceAll('\r\n', '\n')
    .replace(/^.*\r(?!\n|$)/gm, '')
    .replace(CONTROL, (char) => (char === '\u001B' && colours ? char : ''))
}
