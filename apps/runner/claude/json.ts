export type Json = Readonly<Record<string, unknown>>

/** Claude Code's output is read field by field: it changes every working day, and what we do not know we leave alone. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** One line of the stream, or null when it is not an object: warnings of other programs end up there too. */
export function parseLine(line: string): Json | null {
  if (!line.startsWith('{')) return null
  try {
    return objectOf(JSON.parse(line))
  } catch {
    return null
  }
}
