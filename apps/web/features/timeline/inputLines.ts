import type { RowKind } from './row.ts'

export interface InputLine {
  readonly kind: 'plain' | 'added' | 'removed'
  readonly text: string
}

/** A tool's input as one reads it: an edit as lines taken away and added, a command as it is typed, the rest by name. */
export function inputLines(kind: RowKind, input: string): readonly InputLine[] {
  const given = parsed(input)
  if (given === null) return plain(input)
  if (kind === 'edit') return editLines(given)
  const command = given['command']
  if (kind === 'command' && typeof command === 'string') return plain(command)
  return plain(
    Object.entries(given)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n'),
  )
}

function editLines(given: Readonly<Record<string, unknown>>): readonly InputLine[] {
  const edits: readonly unknown[] = Array.isArray(given['edits']) ? given['edits'] : [given]
  return edits.flatMap((edit) => {
    const { old_string: before, new_string: after } = record(edit)
    return [
      ...linesOf(before, 'removed'),
      ...linesOf(after ?? record(edit)['content'] ?? record(edit)['new_source'], 'added'),
    ]
  })
}

function linesOf(text: unknown, kind: 'added' | 'removed'): readonly InputLine[] {
  if (typeof text !== 'string' || text === '') return []
  const sign = kind === 'added' ? '+' : '−'
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => ({ kind, text: `${sign} ${line}` }))
}

function plain(text: string): readonly InputLine[] {
  return text.split('\n').map((line) => ({ kind: 'plain', text: line }))
}

/** Null when it is no JSON object: a person's words, or an input that was cut. */
function parsed(input: string): Readonly<Record<string, unknown>> | null {
  if (!input.startsWith('{')) return null
  try {
    return record(JSON.parse(input))
  } catch {
    return null
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
