import type { OrgId, RunId, UserId } from '@errand/contracts'
import type { WaitingRun } from '@errand/domain'
import type { Queryable, Statement, Transaction } from '../database.ts'

/** All of this reads two partial indexes that hold only what waits and what lives, however long the history is. */
const WAITS = `status = 'queued' and place_at is null and desired = 'done'`
/** One that its runner has called done is over but for the folding up of its sandbox, which keeps nobody waiting. */
const HOLDS = `place_at is not null and not is_gone and status <> 'succeeded'`
/** How many places an organisation has, which may have said so itself. */
const placesOf = (orgId: string, places: string): string =>
  `coalesce((select (body ->> 'maxLiveRuns')::integer from settings where org_id = ${orgId}), ${places})`

/** In one statement, for a controller asks it each time that anything is said. */
const WORK: Statement = {
  name: 'admission-work',
  text: `select
    array(select id from orgs o
      where exists (select 1 from runs where org_id = o.id and ${WAITS})
        and (select count(*) from runs where org_id = o.id and ${HOLDS})
          < ${placesOf('o.id', '$1')}) as "orgIds",
    (select min(greatest(wake_at, lease_until)) from (
      select wake_at, lease_until from runs where wake_at is not null order by wake_at limit 64) as first) as "wakeAt"`,
}

/**
 * Organisations in which somebody waits while places are free (`places`: of one that has not said how many), and when the next
 * run is due that nobody holds, or a lease ends: what comes while it is held its release tells.
 */
export async function findWork(q: Queryable, places: number): Promise<{ orgIds: OrgId[]; wakeAt: Date | null }> {
  return (await q.row<{ orgIds: OrgId[]; wakeAt: Date | null }>(WORK, [places])) ?? { orgIds: [], wakeAt: null }
}

const LOCK: Statement = {
  name: 'admission-lock',
  text: `select pg_advisory_xact_lock(hashtextextended('admission ' || $1, 0))`,
}

const LIVE_BY_USER = `select created_by as "userId", count(*)::integer as live from runs where org_id = $1 and ${HOLDS} group by created_by`
const LIVE: Statement = { name: 'admission-live', text: LIVE_BY_USER }

/** Places held, by person. */
export async function countLiveByUser(q: Queryable, input: { orgId: OrgId }): Promise<Map<UserId, number>> {
  const rows = await q.rows<{ userId: UserId; live: number }>(LIVE, [input.orgId])
  return new Map(rows.map(({ userId, live }) => [userId, live]))
}

const oldestWaiting = (perUser: string): string => `
    select id as "runId", created_by as "userId" from (
      select id, created_by, row_number() over (partition by created_by order by id) as place
      from runs where org_id = $1 and ${WAITS}
    ) ranked where place <= ${perUser}`
const WAITING: Statement = { name: 'admission-waiting', text: oldestWaiting('$2') }

/** Of each person at most the `perUser` oldest: no more of one could be among the next so many. */
export function listWaiting(q: Queryable, input: { orgId: OrgId; perUser: number }): Promise<WaitingRun[]> {
  return q.rows(WAITING, [input.orgId, input.perUser])
}

const ROOM: Statement = {
  name: 'admission-room',
  text: `
    with live as materialized (${LIVE_BY_USER}),
    room as materialized (
      select greatest(0, ${placesOf('$1', '$2')} - coalesce((select sum(live) from live), 0))::integer as free
    )
    select free, array(select to_json(live) from live) as live,
      array(select to_json(waiting) from (${oldestWaiting('free')}) waiting) as waiting
    from room`,
}

/**
 * Nobody else admits in this organisation until the transaction ends. Gives who may be next: how many places are free
 * (`places`: where it has not said how many it has), who holds how many, and of each person the oldest that wait, no more
 * of one than could be among the next.
 */
export async function lockRoom(
  tx: Transaction,
  { orgId, places }: { orgId: OrgId; places: number },
): Promise<{ free: number; liveByUser: Map<UserId, number>; waiting: WaitingRun[] }> {
  type Row = { free: number; live: { userId: UserId; live: number }[]; waiting: WaitingRun[] }
  // Its own statement: the next one sees what is there once the lock is had.
  await tx.row(LOCK, [orgId])
  const { free, live, waiting } = (await tx.row<Row>(ROOM, [orgId, places])) ?? { free: 0, live: [], waiting: [] }
  return { free, liveByUser: new Map(live.map((one) => [one.userId, one.live])), waiting }
}

const GIVE: Statement = {
  name: 'admission-give',
  text: `
    update runs set place_at = $3, wake_at = least(coalesce(wake_at, $3), $3),
      deadline_at = $3::timestamptz + make_interval(secs => (spec -> 'agent' ->> 'deadlineMinutes')::double precision * 60)
    where org_id = $1 and id = any($2::text[]) and ${WAITS}`,
}

/**
 * Gives places, which makes those runs due, and starts the clock of each deadline. Returns how many were still waiting. Nobody
 * is told: whoever admits takes what is due next, and others look now and then.
 */
export function givePlaces(
  q: Queryable,
  input: { orgId: OrgId; runIds: readonly RunId[]; now: Date },
): Promise<number> {
  return q.affected(GIVE, [input.orgId, input.runIds, input.now])
}
