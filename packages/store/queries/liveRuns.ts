import type { OrgId, RunId, RunStatus } from '@errand/contracts'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'

/** A run that holds a place, of any organisation: it has a sandbox, or is about to, or had one a moment ago. */
export interface LiveRunRow {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly status: RunStatus
  readonly desired: 'done' | 'cancelled'
}

/** Reads the partial index of held places: as many rows as there are live runs, however long the history is. */
const LIVE: Statement = {
  name: 'live-runs',
  text: `select org_id as "orgId", id as "runId", status, desired from runs where place_at is not null and not is_gone`,
}

export function listLiveRunRows(q: Queryable): Promise<LiveRunRow[]> {
  return q.rows(LIVE)
}

const WAKE: Statement = {
  name: 'live-wake',
  text: `
    with woken as (
      update runs set wake_at = $2 where id = any($1::text[]) and not is_gone and (wake_at is null or wake_at > $2)
      returning id
    )
    select id as "runId", pg_notify('${CHANNELS.runWake}', id) from woken`,
}

/** Makes runs due now. Returns those that were not due already; one that is over and gone stays asleep. */
export async function wakeRunRows(q: Queryable, input: { runIds: readonly RunId[]; now: Date }): Promise<RunId[]> {
  return (await q.rows<{ runId: RunId }>(WAKE, [input.runIds, input.now])).map(({ runId }) => runId)
}
