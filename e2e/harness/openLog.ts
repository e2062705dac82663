import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OrgId, RunEvent, RunId, SystemEvent } from '@errand/contracts'
import { appendEvents } from '@errand/engine'
import { openDatabase } from '@errand/store'
import { quietLog } from '@errand/testkit'
import type { Installation } from './installation.ts'

/** The log of a run, written to from beside the server, so that a scenario decides what happens and how fast. */
export interface OpenLog {
  append(runId: RunId, events: readonly SystemEvent[]): Promise<void>
  /** All of it, as it is stored. */
  read(runId: RunId): Promise<readonly RunEvent[]>
  /** How many runs are not over. */
  live(): Promise<number>
  /** How many rows tell of a sandbox that a run has. */
  sandboxes(): Promise<number>
  /** For what only time, another machine or a cluster would write. */
  sql(text: string, values: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

export async function openLog({ folder }: Pick<Installation, 'folder'>): Promise<OpenLog> {
  const password = (await readFile(join(folder, 'postgres/password'), 'utf8')).trim()
  const file = (await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  const [port, socketFolder, listens] = [file[3]?.trim(), file[4]?.trim() ?? '', file[5]?.trim() ?? '']
  const host = encodeURIComponent(socketFolder === '' ? listens : socketFolder)
  const url = `postgresql://errand:${encodeURIComponent(password)}@/errand?host=${host}&port=${port ?? ''}`
  const db = openDatabase({ url, log: quietLog(), maxConnections: 2 })
  const deps = { db, now: () => new Date() }
  const orgOf = async (runId: RunId): Promise<OrgId> => {
    const row = await db.row<{ orgId: OrgId }>(
      { name: 'e2e-org-of-run', text: 'select org_id as "orgId" from runs where id = $1' },
      [runId],
    )
    if (row === undefined) throw new Error(`no run ${runId}`)
    return row.orgId
  }
  return {
    append: async (runId, events) => {
      await appendEvents({ orgId: await orgOf(runId), runId, source: 'system', events }, deps)
    },
    read: async (runId) =>
      db.rows<RunEvent>(
        { name: 'e2e-log', text: 'select seq, at, body from run_events where run_id = $1 order by seq' },
        [runId],
      ),
    live: async () =>
      (
        await db.rows(
          { name: 'e2e-live', text: `select id from runs where status not in ('succeeded', 'failed', 'cancelled')` },
          [],
        )
      ).length,
    sandboxes: async () =>
      (await db.rows({ name: 'e2e-sandboxes', text: 'select id from sandboxes where run_id is not null' }, [])).length,
    sql: async (text, values) => void (await db.pool.query(text, [...values])),
    close: () => db.close(),
  }
}
