/** PostgreSQL takes neither a NUL nor half of a surrogate pair, in text or in jsonb; programs print both. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** The value with every character that the database refuses replaced by U+FFFD; the same object when there is none. */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value)
  if (text === undefined || !UNSTORABLE.test(text)) return value
  return JSON.parse(text, (_key, part: unknown) => (typeof part === 'string' ? storableText(part) : part)) as T
}

/** Of a JSON text: nothing in it has to be replaced. */
export function isStorableText(json: string): boolean {
  return !UNSTORABLE.test(json)
}

export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}

/** As `text` and `jsonb` take it. */
export function isStorable(value: unknown): boolean {
  return storable(value) === value
}
