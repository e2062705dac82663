import { newId, type OrgId, type RunId, type UserId } from '@errand/contracts'
import {
  appendToLogs,
  beginMcpCallRows,
  claimDueRuns,
  countLiveByUser,
  type Database,
  endMcpCallRows,
  findWork,
  findRun,
  findRunByKey,
  listLiveRows,
  listRunRows,
  listRunsToForget,
  listSpendDays,
  listWaiting,
  openDatabase,
  readLog,
  readLogEnd,
  readLogHeads,
} from '@errand/store'
import { quietLog, testDatabase } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A long history: what is asked every second must not read it. */
const HISTORY = 20_000
const LIVE = 10
const START = Date.UTC(2026, 0, 1)

const { url, close } = await testDatabase()
const db: Database = openDatabase({ url, log: quietLog(), maxConnections: 1 })
const orgId: OrgId = newId('org', new Date(START))
const userId: UserId = newId('user', new Date(START))
const middle = `run${'0'.repeat(18)}${String(HISTORY / 2).padStart(8, '0')}` as RunId
const now = new Date(START + 86_400_000)

afterAll(async () => {
  await db.close()
  await close()
})

beforeAll(async () => {
  await db.pool.query('insert into orgs (id, name, created_at) values ($1, $2, now())', [orgId, 'home'])
  await db.pool.query(
    `insert into runs (id, org_id, created_by, created_at, prompt, title, agent_id, agent_version, spec, root_run_id, trigger,
       idempotency_key, request_hash, desired, deadline_at, events_until, state, place_at, wake_at)
     select 'run' || lpad(n::text, 26, '0'), $1, $2, $3::timestamptz, 'x', 'x', 'agt', 1, '{}', 'run', 'person', 'key' || n, '', 'done',
       $3::timestamptz, $3::timestamptz + interval '90 days',
       jsonb_build_object('seq', 20, 'status', case when n <= $4 - $5 then 'succeeded' when n <= $4 then 'running' else 'queued' end,
         'goneAt', case when n <= $4 - $5 then 'then' end, 'usage', '{"costUsd":0}'::jsonb),
       case when n <= $4 then $3::timestamptz end, case when n > $4 - $5 then $3::timestamptz + interval '10 days' end
     from generate_series(1, $4::integer + $5::integer) n`,
    [orgId, userId, new Date(START), HISTORY, LIVE],
  )
  await db.pool.query(
    `insert into run_events (org_id, run_id, seq, at, type, body)
     select org_id, id, n, created_at, 'text.appended', '{"type":"text.appended","text":"x"}' from runs, generate_series(1, 10) n`,
  )
  await db.pool.query(
    `insert into spend_hours (org_id, hour, shard, calls, unpriced_calls, cost_usd, tokens)
     select $1, $2::timestamptz - n * interval '1 hour', 0, 1, 0, 1, 1 from generate_series(0, $3::integer) n`,
    [orgId, new Date(START), HISTORY],
  )
  await db.pool.query(
    `insert into run_tokens (run_id, org_id, hash, created_at) select id, org_id, 'hash' || id, created_at from runs`,
  )
  await db.pool.query(
    `insert into mcp_calls (id, org_id, at, run_id, server, tool, tool_use_id, arguments, verdict, result_bytes, is_error, ms, code)
     select 'mcc' || substr(id, 4), org_id, created_at, id, 'tracker', 'search', 'use', '{}', 'allow', 1, false, 1, 'mcp.cut-off' from runs`,
  )
  await db.pool.query('vacuum analyze')
})

async function rowsRead(): Promise<number> {
  await db.pool.query('select pg_stat_force_next_flush()')
  await db.pool.query('select pg_stat_clear_snapshot()')
  const { rows } = await db.pool.query<{ n: number }>(`
    select (select sum(seq_tup_read) from pg_stat_user_tables)::bigint + (select sum(idx_tup_read) from pg_stat_user_indexes)::bigint as n`)
  return rows[0]?.n ?? 0
}

const live = Array.from({ length: 3 }, (_, n) => `run${String(HISTORY - n).padStart(26, '0')}` as RunId)
const called = () =>
  live.map((one) => ({
    ...{
      id: newId('mcpCall', now),
      orgId,
      at: now,
      runId: one,
      tokenHash: `hash${one}`,
      userId: null,
      server: 'tracker',
    },
    ...{ tool: 'search', toolUseId: newId('mcpCall', now), arguments: {}, verdict: 'allow' as const, rule: null },
  }))
const begin = async () => {
  const calls = called()
  expect(await beginMcpCallRows(db, { calls, unless: ['mcp.cut-off'], gateway: 'here' })).toEqual([])
  return calls
}

const page = { orgId, before: null, limit: 20, status: null } as const
const runId = middle
const questions: Record<string, { ask: () => Promise<unknown>; atMost: number }> = {
  'the newest runs': { ask: () => listRunRows(db, page), atMost: 100 },
  'a page in the middle of the history': { ask: () => listRunRows(db, { ...page, before: middle }), atMost: 100 },
  'a page of a rare status': { ask: () => listRunRows(db, { ...page, status: ['running', 'queued'] }), atMost: 120 },
  'a page of a common status in the middle': {
    ask: () => listRunRows(db, { ...page, before: middle, status: ['succeeded'] }),
    atMost: 120,
  },
  'a page of a status that nothing has': { ask: () => listRunRows(db, { ...page, status: ['cancelled'] }), atMost: 20 },
  'one run': { ask: () => findRun(db, { orgId, runId }), atMost: 10 },
  'a run by its key': { ask: () => findRunByKey(db, { orgId, key: 'key77' }), atMost: 10 },
  'a page of events': { ask: () => readLog(db, { orgId, runId, after: 3, limit: 100 }), atMost: 20 },
  'the end of a log': { ask: () => readLogEnd(db, { orgId, runId }), atMost: 10 },
  'what is due': { ask: () => claimDueRuns(db, { now, limit: 50, owner: 'x', until: now }), atMost: 10 },
  'who lives': { ask: () => listLiveRows(db), atMost: 60 },
  'who holds places': { ask: () => countLiveByUser(db, { orgId }), atMost: 40 },
  'who waits': { ask: () => listWaiting(db, { orgId, perUser: 5 }), atMost: 40 },
  'where somebody may come, and what is due next': { ask: () => findWork(db, 100), atMost: 70 },
  'what thirty days cost': {
    ask: () => listSpendDays(db, { orgId, since: new Date(START - 30 * 86_400_000), until: now, zone: 'UTC' }),
    atMost: 1_500,
  },
  'what tools are about to do': { ask: begin, atMost: 40 },
  'how calls of tools have ended': {
    ask: async () =>
      endMcpCallRows(
        db,
        (await begin()).map(({ id }) => ({ id, orgId, resultBytes: 1, isError: false, ms: 1, code: null })),
      ),
    atMost: 80,
  },
  'what is said in several logs': {
    async ask() {
      const heads = await readLogHeads(db, live)
      const written = await appendToLogs(
        db,
        heads.map((head) => ({ ...head, head, events: [] })),
      )
      expect(written.size).toBe(live.length)
    },
    atMost: 40,
  },
  'what is to be forgotten': { ask: () => listRunsToForget(db, { now, limit: 100 }), atMost: 10 },
}

test.each(Object.entries(questions))('%s costs what it shows, not what has been', async (_, { ask, atMost }) => {
  await ask()
  const idle = await rowsRead()
  const before = await rowsRead()
  await ask()
  const cost = (await rowsRead()) - before - (before - idle)
  expect(cost).toBeLessThanOrEqual(atMost)
})
