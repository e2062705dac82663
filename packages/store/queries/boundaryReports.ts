import type { OrgId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface BoundaryReportRow {
  readonly report: unknown
  readonly testedAt: Date
  readonly ms: number
  readonly heldAt: Date | null
}

const FIND: Statement = {
  name: 'boundary-find',
  text: `select report, tested_at as "testedAt", ms, held_at as "heldAt" from boundary_reports where org_id = $1`,
}

export function findBoundaryReport(q: Queryable, input: { orgId: OrgId }): Promise<BoundaryReportRow | undefined> {
  return q.row(FIND, [input.orgId])
}

const WRITE: Statement = {
  name: 'boundary-write',
  text: `insert into boundary_reports (org_id, report, tested_at, ms, held_at) values ($1, $2, $3, $4, case when $5 then $3::timestamptz end)
    on conflict (org_id) do update set report = excluded.report, tested_at = excluded.tested_at, ms = excluded.ms,
      held_at = coalesce(excluded.held_at, boundary_reports.held_at)
    where boundary_reports.tested_at <= excluded.tested_at`,
}

/** The last one alone is kept, and when the wall last held. */
export async function writeBoundaryReport(
  q: Queryable,
  row: { orgId: OrgId; report: object; testedAt: Date; ms: number; isHeld: boolean },
): Promise<void> {
  await q.affected(WRITE, [row.orgId, JSON.stringify(row.report), row.testedAt, row.ms, row.isHeld])
}
