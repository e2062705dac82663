/** Where a value lies in a text: `text.slice(start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Finds a value of JSON text by the names that lead to it, so that one id can be replaced and every other byte stays
 * as it was written. The text must be well-formed. Null when it is not there, or when a name on the way occurs twice:
 * then readers may differ about which one counts.
 */
export function spanOf(text: string, path: readonly string[]): Span | null {
  let span: Span = { start: skipSpace(text, 0), end: text.length }
  for (const name of path) {
    const found = memberOf(text, span.start, name)
    if (found === null) return null
    span = found
  }
  return span
}

/**
 * The text with `json` in place of the value at `path`. What cannot be found unambiguously is written anew, from the same reading of
 * it that everything was decided on.
 */
export function replaceAt(text: string, path: readonly string[], json: string): string {
  const span = spanOf(text, path)
  if (span !== null) return text.slice(0, span.start) + json + text.slice(span.end)
  const whole: unknown = JSON.parse(text)
  let at: unknown = whole
  for (const name of path.slice(0, -1)) at = isObject(at) ? at[name] : undefined
  const last = path.at(-1)
  if (!isObject(at) || last === undefined || !Object.hasOwn(at, last))
    throw new Error(`no ${path.join('.')} to replace`)
  at[last] = JSON.parse(json)
  return JSON.stringify(whole)
}

/** A value as it was written, so that `1.0` stays `1.0`. */
export function writtenAt(text: string, path: readonly string[], value: unknown): string {
  const span = spanOf(text, path)
  return span === null ? JSON.stringify(value) : text.slice(span.start, span.end)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const QUOTE = 34
const BACKSLASH = 92
const BRACE = 123
const BRACKET = 91
const COMMA = 44

function memberOf(text: string, start: number, name: string): Span | null {
  if (text.charCodeAt(start) !== BRACE) return null
  let found: Span | null = null
  let at = skipSpace(text, start + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at)
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = valueEnd(text, valueStart)
    if (keyOf(text.slice(at, keyEnd)) === name) {
      if (found !== null) return null
      found = { start: valueStart, end }
    }
    at = skipSpace(text, end)
    if (text.charCodeAt(at) !== COMMA) break
    at = skipSpace(text, at + 1)
  }
  return found
}

function keyOf(quoted: string): unknown {
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
}

function stringEnd(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) throw new Error('a string without an end')
    let before = quote - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((quote - before) % 2 === 1) return quote + 1
    from = quote + 1
  }
}

function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return stringEnd(text, start)
  if (first === BRACE || first === BRACKET) return nestedEnd(text, start)
  const end = /[,\]}\s]/g
  end.lastIndex = start
  return end.exec(text)?.index ?? text.length
}

function nestedEnd(text: string, start: number): number {
  const marks = /["{}[\]]/g
  marks.lastIndex = start
  for (let depth = 0; ;) {
    const mark = marks.exec(text)
    if (mark === null) throw new Error('a value without an end')
    if (mark[0] === '"') marks.lastIndex = stringEnd(text, mark.index)
    else depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
}

function skipSpace(text: string, start: number): number {
  let at = start
  for (let code = text.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = text.charCodeAt(++at)) continue
  return at
}
