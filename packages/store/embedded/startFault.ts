import { Fault } from '@errand/contracts'

/** Words that operating system and Postgres use, in error codes and log lines, for what a person can put right. */
const CAUSES = [
  [/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/, 'start.disk-full'],
  [/EACCES|EROFS|EPERM|Permission denied|Read-only file system|Operation not permitted/, 'start.folder-unwritable'],
] as const

/** What kept Postgres from starting, as a fault with words. `said` is what it printed. */
export function startFault(error: unknown, said = ''): Fault {
  if (error instanceof Fault) return error
  const code = error instanceof Error ? String(Reflect.get(error, 'code') ?? '') : ''
  const found = CAUSES.find(([pattern]) => pattern.test(code) || pattern.test(said))
  const detail = said.trim().split('\n').slice(-5).join('\n') || (error instanceof Error ? error.message : undefined)
  return new Fault(found?.[1] ?? 'start.database-unreachable', detail, { cause: error })
}
