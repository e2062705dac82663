import type { RunId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import type { Reader } from './runLists.ts'

const MARK: Statement = {
  name: 'marks-set',
  text: `
    insert into run_marks as m (org_id, user_id, run_id, seen_at, archived_at)
    select $1, $2, id, case when $4::boolean is false then null else $6::timestamptz end, case when $5::boolean then $6::timestamptz end
    from runs where org_id = $1 and id = any($3::text[])
    on conflict (org_id, user_id, run_id) do update set
      seen_at = case when $4::boolean is null then m.seen_at when $4 then coalesce(m.seen_at, $6) end,
      archived_at = case when $5::boolean is null then m.archived_at when $5 then coalesce(m.archived_at, $6) end
    returning run_id as id`,
}

/** Sets or takes away what is given and leaves the rest. Gives the runs that are there. */
export async function writeMarks(
  q: Queryable,
  { orgId, userId }: Reader,
  marks: { runIds: readonly RunId[]; isSeen: boolean | null; isArchived: boolean | null; now: Date },
): Promise<RunId[]> {
  const values = [orgId, userId, [...new Set(marks.runIds)], marks.isSeen, marks.isArchived, marks.now]
  return (await q.rows<{ id: RunId }>(MARK, values)).map(({ id }) => id)
}

const ALL_SEEN: Statement = {
  name: 'marks-all-seen',
  text: `
    update run_marks m set seen_at = $3 from (
      select m.run_id from run_marks m join runs r on r.id = m.run_id
      where m.org_id = $1 and m.user_id = $2 and m.seen_at is null and m.archived_at is null
        and r.status in ('succeeded', 'failed', 'cancelled')
      order by m.run_id desc limit $4
    ) old
    where m.org_id = $1 and m.user_id = $2 and m.run_id = old.run_id and m.seen_at is null
    returning m.run_id as id`,
}

/** What ended and was not looked at counts as seen, the newest first and so many at most. Gives them. */
export async function writeAllSeen(
  q: Queryable,
  { orgId, userId }: Reader,
  input: { now: Date; limit: number },
): Promise<RunId[]> {
  return (await q.rows<{ id: RunId }>(ALL_SEEN, [orgId, userId, input.now, input.limit])).map(({ id }) => id)
}
