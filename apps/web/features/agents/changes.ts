import type { AgentSpec } from '@errand/contracts'
import { type FieldName, FIELDS, shown, valueOf } from './fields.ts'

export interface Change {
  readonly name: FieldName
  readonly label: string
  /** Null: it was not set. */
  readonly before: string | null
  /** Null: it is not set any more. */
  readonly after: string | null
}

/** What is different, field by field, in the order of the form. */
export function changesBetween(before: AgentSpec | null, after: AgentSpec): readonly Change[] {
  const names = Object.keys(FIELDS) as FieldName[]
  return names.flatMap((name) => {
    const [was, is] = [before === null ? undefined : valueOf(before, name), valueOf(after, name)]
    if (isSame(was, is)) return []
    return [{ name, label: FIELDS[name].label, before: shown(name, was), after: shown(name, is) }]
  })
}

export function isSame(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b)
}

/** JSON with its keys in order: an agent read back has them in another. */
function stable(value: unknown): string {
  return (
    (JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) as string | undefined) ?? 'undefined'
  )
}
