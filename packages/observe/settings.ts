import { readFileSync } from 'node:fs'
import { Fault } from '@errand/contracts'
import type * as z from 'zod'

/** One variable of the environment. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly schema: S
  /** As a person would write it; docs/env.md shows it. */
  readonly default: string
  readonly says: string
}

export type SettingsTable = Readonly<Record<string, Setting>>
export type SettingValues<T extends SettingsTable> = { readonly [K in keyof T]: z.infer<T[K]['schema']> }

export function setting<S extends z.ZodType>(schema: S, shown: string, says: string): Setting<S> {
  return { schema, default: shown, says }
}

/**
 * Reads an environment. `NAME_FILE` names a file that holds the value of `NAME`, so that a secret is in no environment.
 * A variable that does not fit is `start.config-invalid` and named; an empty one is unset.
 */
export function readSettings<T extends SettingsTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
): SettingValues<T> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, { schema }] of Object.entries(table)) {
    const given = valueOf(name, env, problems)
    const parsed = schema.safeParse(given === '' ? undefined : given)
    if (parsed.success) values[name] = parsed.data
    // The value is not repeated: DATABASE_URL has a password in it.
    else problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`)
  }
  if (problems.length > 0) throw new Fault('start.config-invalid', problems.join('; '))
  return values as SettingValues<T>
}

function valueOf(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): string | undefined {
  const file = env[`${name}_FILE`]
  if (file === undefined || file === '') return env[name]?.trim()
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    problems.push(`${name}_FILE: ${(error as Error).message}`)
    return undefined
  }
}
