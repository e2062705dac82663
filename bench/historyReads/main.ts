/**
 * What a person's reads cost when there is a long history: the same pages on 1,000 runs and on many, in one Postgres, in
 * turn. `npm run bench -- historyReads [runs] [events per run]`; the full size is 1000000 50, without arguments a
 * fiftieth of it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OrgId, RunId, UserId } from '@errand/contracts'
import { listRuns, readEvents, readRun, readRunGroups, searchRuns } from '@errand/engine'
import { type Database, migrate, openDatabase, startPostgres } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { percentile, report, round } from '../harness/report.ts'
import { generateHistory, rareWordOf } from './generate.ts'

const SMALL_RUNS = 1_000
const ROUNDS = 400
const [runs = 20_000, eventsPerRun = 50] = process.argv.slice(2).map(Number)

const log = quietLog()
const folder = await mkdtemp(join(tmpdir(), 'errand-bench-'))
const postgres = await startPostgres({ folder, log })
try {
  const small = await prepared('small', SMALL_RUNS)
  const large = await prepared('large', runs)
  // What nobody has looked at for long comes from the disk; who looks again has it from the system's memory, as all of a small history is.
  for (const bench of ['historyReads.first', 'historyReads']) await compare(bench, { small, large })
  await small.db.close()
  await large.db.close()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function compare(bench: string, { small, large }: Record<'small' | 'large', History>): Promise<void> {
  const ratios: { read: string; p95Ms: number; peerMs: number; ratio: number }[] = []
  for (const [read, perform] of Object.entries(READS())) {
    const samples: Record<'small' | 'large', number[]> = { small: [], large: [] }
    for (let round = 0; round < ROUNDS; round++) {
      samples.small.push(await timed(() => perform(small, round)))
      samples.large.push(await timed(() => perform(large, round)))
    }
    const [p95Ms, peerMs] = [percentile(samples.large, 0.95), percentile(samples.small, 0.95)]
    ratios.push({ read, p95Ms: round(p95Ms), peerMs: round(peerMs), ratio: round(p95Ms / peerMs) })
  }
  const worst = ratios.toSorted((a, b) => b.ratio - a.ratio)[0]
  if (worst === undefined) throw new Error('nothing was read')
  report({
    bench,
    value: worst.p95Ms,
    peer: worst.peerMs,
    ratio: worst.ratio,
    bar: `p95 at ${runs} runs, ${runs * eventsPerRun} events ≤ 1.5 × of ${SMALL_RUNS} runs`,
    ok: worst.ratio <= 1.5,
    note: ratios.map(({ read, p95Ms, peerMs, ratio }) => `${read} ${p95Ms}/${peerMs} ms = ${ratio}`).join('; '),
  })
}

interface History {
  readonly db: Database
  readonly orgId: OrgId
  readonly ids: readonly RunId[]
}

async function prepared(name: string, count: number): Promise<History> {
  const admin = openDatabase({ url: postgres.url, log })
  await admin.pool.query(`create database ${name}`)
  await admin.close()
  // Its host is a socket's folder, which the standard URL does not know.
  const db = openDatabase({ url: postgres.url.replace('/errand?', `/${name}?`), log })
  await migrate(db)
  return { db, ...(await generateHistory(db, { runs: count, eventsPerRun })) }
}

function READS(): Record<string, (history: History, round: number) => Promise<unknown>> {
  const actor = ({ orgId }: History) => ({ orgId, userId: 'usr' as UserId, name: 'bench' })
  const pick = ({ ids }: History, round: number) => ids[(round * 7919) % ids.length] as RunId
  return {
    'newest page': (history) => listRuns(actor(history), { limit: 50 }, history),
    'page in the middle': (history, round) =>
      listRuns(actor(history), { limit: 50, before: pick(history, round) }, history),
    'failed runs': (history) => listRuns(actor(history), { limit: 50, status: ['failed'] }, history),
    'home page': (history) => readRunGroups(actor(history), { limit: 20 }, { ...history, maxLiveRuns: 4 }),
    'search for a common word': (history) => searchRuns(actor(history), { limit: 20, text: 'failing test' }, history),
    'search for a rare word': (history, round) =>
      searchRuns(actor(history), { limit: 20, text: rareWordOf(pick(history, round)) }, history),
    'search in a repository': (history) =>
      searchRuns(actor(history), { limit: 20, repository: 'local/demo7' }, history),
    run: (history, round) => readRun(actor(history), pick(history, round), history),
    timeline: (history, round) =>
      readEvents(actor(history), { runId: pick(history, round), after: 0, limit: 500 }, history),
  }
}

async function timed(perform: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await perform()
  return performance.now() - began
}
