import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { idSchema, type SandboxId } from '@errand/contracts'
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
): Promise<{ readonly ids: readonly SandboxId[]; readonly others: readonly string[] }> {
  const names = await readdir(root).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  const ids: SandboxId[] = []
  const others: string[] = []
  for (const name of names) {
    const id = RUN.safeParse(name).data ?? INSTANCE.safeParse(name).data
    if (id !== undefined) ids.push(id)
    else others.push(name)
  }
  return { ids, others }
}

const RUN = idSchema('run')
const INSTANCE = idSchema('instance')

/** Uids that sandboxes below `root` hold, whether they still run or only their folder is left. */
export async function uidsInUse(root: string): Promise<ReadonlySet<number>> {
  const { ids } = await listFolders(root)
  const records = await Promise.all(ids.map((id) => readRecord(join(root, id))))
  return new Set(records.flatMap((record) => (record?.uid === null || record === null ? [] : [record.uid])))
}
