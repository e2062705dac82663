import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Id, idSchema, type RunId } from '@errand/contracts'
import { hasCode, readIfThere } from './files.ts'
import { sandboxFiles } from './layout.ts'

/** What we note about a sandbox before anything of it is started, so that any later process can find all of it. */
export interface SandboxRecord {
  readonly startedAt: Date
  /** The uid it runs under outside; null: ours. */
  readonly uid: number | null
  readonly cgroups: readonly string[]
  /** What it is limited to, in words. */
  readonly limits: string
  /** No wall around it. */
  readonly isPlain: boolean
}

export function writeRecord(record: SandboxRecord): string {
  return JSON.stringify({ ...record, startedAt: record.startedAt.toISOString() })
}

/** Null when there is no sandbox in this folder. */
export async function readRecord(folder: string): Promise<SandboxRecord | null> {
  const text = await readIfThere(sandboxFiles(folder).record)
  if (text === null) return null
  const { startedAt, uid, cgroups, limits, isPlain } = JSON.parse(text) as Record<keyof SandboxRecord, unknown>
  return {
    startedAt: new Date(String(startedAt)),
    uid: typeof uid === 'number' ? uid : null,
    cgroups: Array.isArray(cgroups) ? cgroups.map(String) : [],
    limits: String(limits),
    isPlain: isPlain === true,
  }
}

/** The folders below `root`, by what their names say. */
export async function listFolders(
  root: string,
): Promise<{ readonly runs: readonly RunId[]; readonly others: readonly string[] }> {
  const names = await readdir(root).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  const runs: Id<'run'>[] = []
  const others: string[] = []
  for (const name of names) {
    const id = runIdSchema.safeParse(name)
    if (id.success) runs.push(id.data)
    else others.push(name)
  }
  return { runs, others }
}

const runIdSchema = idSchema('run')

/** Uids that sandboxes below `root` hold, whether they still run or only their folder is left. */
export async function uidsInUse(root: string): Promise<ReadonlySet<number>> {
  const { runs } = await listFolders(root)
  const records = await Promise.all(runs.map((runId) => readRecord(join(root, runId))))
  return new Set(records.flatMap((record) => (record?.uid === null || record === null ? [] : [record.uid])))
}
