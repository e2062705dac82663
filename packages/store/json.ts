/** PostgreSQL takes neither a NUL nor half of a surrogate pair, in text or in jsonb; programs print both. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** The value with every character that the database refuses replaced by U+FFFD; the same object when there is none. */
export function storable<T>(value: T): T {
  return isStorable(value) ? value : (replaced(JSON.parse(JSON.stringify(value))) as T)
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(replaced)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [storableText(name), replaced(part)]))
}

/** Of a JSON text: nothing in it has to be replaced. */
export function isStorableText(json: string): boolean {
  return !UNSTORABLE.test(json)
}

export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}

/** As `text` and `jsonb` take it. Looking at each part costs less than a JSON text. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isStorable)
  for (const name in value) if (!isStorable(name) || !isStorable(Reflect.get(value, name))) return false
  return true
}
