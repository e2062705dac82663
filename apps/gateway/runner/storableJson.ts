/** Written as escapes, these two pass any JSON parser and are refused by Postgres: NUL, and half of a surrogate pair. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i
const NUL = String.fromCharCode(0)

/**
 * Parses JSON; what a database cannot store in a string becomes U+FFFD. Agents print arbitrary bytes, and one of them
 * must not stop a run's log for ever. Null for what is no JSON.
 */
export function storableJson(text: string): unknown {
  try {
    return JSON.parse(
      text,
      SUSPICIOUS.test(text)
        ? (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value)
        : undefined,
    )
  } catch {
    return null
  }
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll(NUL, '\ufffd')
}
