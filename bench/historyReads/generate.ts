import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { OrgId, RunEventBody, RunId } from '@errand/contracts'
import { newId } from '@errand/contracts'
import { reduce } from '@errand/domain'
import type { Database } from '@errand/store'

const CHUNK = 20_000
const SAMPLE = 500
/** As many as a person leaves lying, however long the history is. */
const UNSEEN = 30

/**
 * A history of finished runs, one in twenty failed, with event bodies of about 250 bytes. Made inside Postgres, the events by
 * COPY through a file of its own, so that no byte crosses a socket; then analysed.
 */
export async function generateHistory(
  db: Database,
  { runs, eventsPerRun }: { runs: number; eventsPerRun: number },
): Promise<{ orgId: OrgId; ids: readonly RunId[] }> {
  const start = new Date('2026-01-01T00:00:00Z')
  const orgId = newId('org', start)
  const created: RunEventBody = {
    type: 'run.created',
    agent: 'bench',
    agentVersion: 1,
    by: 'bench',
    repositories: ['local/demo'],
    budgetUsd: 5,
  }
  const at = start.toISOString()
  const begun = reduce(null, { seq: 1, at, body: created })
  const ended = {
    type: 'run.finished',
    status: 'succeeded',
    verdict: 'verified',
    sentence: 'The test passes now.',
  } as const
  const state = { ...reduce(begun, { seq: 2, at, body: ended }), seq: eventsPerRun, goneAt: at }
  const client = await db.pool.connect()
  try {
    // Everybody else's statements may not take as long as a chunk or the last look at everything do.
    await client.query('set statement_timeout = 0')
    await client.query(`insert into orgs (id, name, created_at) values ('${orgId}', 'bench', now())`)
    const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
    const file = `${rows[0]?.folder ?? ''}/history.copy`
    for (let from = 0; from < runs; from += CHUNK) {
      const to = Math.min(runs, from + CHUNK) - 1
      await client.query(RUNS(from, to), [orgId, JSON.stringify(state), JSON.stringify({ ...state, status: 'failed' })])
      const events = EVENTS({ from, to, eventsPerRun, orgId, created: JSON.stringify(created) })
      await client.query(`copy (${events}) to '${file}'`)
      await client.query(`copy run_events (org_id, run_id, seq, at, type, body) from '${file}'`)
      await client.query(FILED(from, to), [orgId])
      await client.query(MARKS(from, to, runs - UNSEEN), [orgId])
    }
    await rm(file, { force: true })
    await client.query('vacuum analyze')
  } finally {
    client.release(true)
  }
  const step = Math.max(1, Math.floor(runs / SAMPLE))
  return { orgId, ids: Array.from({ length: Math.min(runs, SAMPLE) }, (_, index) => runId(index * step)) }
}

/** Ids that sort by number, of the length of real ones. */
const idSql = `'run' || lpad(n::text, 26, '0')`
/** With one word that no other run has. */
const titleSql = `'Fix the failing test number ' || n || ' of ' || translate(substr(encode(sha256(n::text::bytea), 'base64'), 1, 12), '+/', 'xx')`
export function rareWordOf(id: RunId): string {
  const hash = createHash('sha256').update(String(Number(id.slice(3))))
  return hash.digest('base64').slice(0, 12).replaceAll(/[+/]/g, 'x')
}
function runId(n: number): RunId {
  return `run${String(n).padStart(26, '0')}` as RunId
}

const RUNS = (from: number, to: number) => `
  insert into runs (id, org_id, created_by, created_at, prompt, title, agent_id, agent_version, spec, root_run_id, trigger, desired, deadline_at, state)
  select ${idSql}, $1, 'usr', now(), ${titleSql}, ${titleSql}, 'agt', 1,
    '{"agent":{"name":"bench"}}', ${idSql}, 'person', 'done', now(), case when n % 20 = 0 then $3::jsonb else $2::jsonb end
  from generate_series(${from}, ${to}) as n`

const FILED = (from: number, to: number) => `
  insert into run_repositories (org_id, repository, run_id)
  select $1, 'local/demo' || n % 20, ${idSql} from generate_series(${from}, ${to}) as n`

/** Everything was looked at but the newest; some of it was put away. */
const MARKS = (from: number, to: number, unseenFrom: number) => `
  insert into run_marks (org_id, user_id, run_id, seen_at, archived_at)
  select $1, 'usr', ${idSql}, case when n < ${unseenFrom} then now() end, case when n % 10 = 0 and n < ${unseenFrom} then now() end
  from generate_series(${from}, ${to}) as n`

interface Events {
  readonly from: number
  readonly to: number
  readonly eventsPerRun: number
  readonly orgId: OrgId
  /** JSON, without a quote of SQL in it: COPY takes no parameters. */
  readonly created: string
}

/** As they come when eight runs are live at once: what belongs to one run lies among seven others. */
const LIVE = 8

const EVENTS = ({ from, to, eventsPerRun, orgId, created }: Events) => `
  select '${orgId}', ${idSql}, seq, now(), case when seq = 1 then 'run.created' else 'text.appended' end,
    case when seq = 1 then '${created}'::jsonb else jsonb_build_object('type', 'text.appended', 'text', repeat('words of the agent ', 12)) end
  from generate_series(0, ${Math.ceil((to + 1 - from) / LIVE) * LIVE * eventsPerRun - 1}) as i
  cross join lateral (select
    ${from} + i / ${LIVE * eventsPerRun} * ${LIVE} + i % ${LIVE} as n,
    i % ${LIVE * eventsPerRun} / ${LIVE} + 1 as seq) as place
  where n <= ${to}`
