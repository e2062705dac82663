/** The last line of a text, cut. */
export function lastLine(text: string): string {
  return cut((text.trimEnd().split('\n').at(-1) ?? '').trim())
}

/** Never ends in half a character: no database and no wire takes one. */
export function cut(text: string): string {
  return text.slice(0, 200).replace(/[\uD800-\uDBFF]$/, '')
}
