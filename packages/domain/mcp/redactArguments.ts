const SECRET_NAME = /pass(word|phrase|wd)?$|secret|token$|api[-_]?key|credential|private[-_]?key|authorization|cookie/i
/** As the well-known hosts give them out. */
const SECRET_VALUE =
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-[a-z]*-?|lin_api_|ntn_|AKIA)[A-Za-z0-9_-]{10,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g
const MAX_TEXT = 2_000
const MAX_PARTS = 100
const MAX_DEPTH = 8
const HIDDEN = '[secret]'

/**
 * The arguments of a call as they are kept: what looks like a secret is taken out, and what is long is cut. The same object
 * where nothing is.
 */
export function redactArguments(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_DEPTH) return '[…]'
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_PARTS).map((part: unknown) => redactArguments(part, depth + 1))
    if (value.length > MAX_PARTS) return [...kept, `[${value.length - MAX_PARTS} more]`]
    return kept.every((part, n) => part === value[n]) ? value : kept
  }
  const entries = Object.entries(value)
  const kept = entries
    .slice(0, MAX_PARTS)
    .map(([name, part]): [string, unknown] => [name, redactPart(name, part, depth)])
  const isSame = entries.length === kept.length && kept.every(([, part], n) => part === entries[n]?.[1])
  return isSame ? value : Object.fromEntries(kept)
}

function redactPart(name: string, part: unknown, depth: number): unknown {
  const isHidden = SECRET_NAME.test(name) && part !== null && typeof part !== 'boolean'
  return isHidden ? HIDDEN : redactArguments(part, depth + 1)
}

function redactText(text: string): string {
  const hidden = text.replace(SECRET_VALUE, HIDDEN)
  return hidden.length > MAX_TEXT
    ? `${hidden.slice(0, MAX_TEXT)}… [${hidden.length - MAX_TEXT} more characters]`
    : hidden
}
