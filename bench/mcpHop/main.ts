/**
 * What a tool call costs in the gateway, against a plain Node hop that copies bytes, in the same run: processor time of the
 * process for each call, what it adds to the slowest hundredth, and what a session that only listens holds in memory. Each
 * session calls as soon as it has its answer; and so many at one pace, as whoever waits spends more on each call.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { RUN_TOKEN_HEADER } from '@errand/contracts'
import { callInTurns, type McpPlace, openMcpSession } from '../harness/mcpSession.ts'
import { cpuMs, type Part, pssKb, startPart } from '../harness/processes.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 1.15
const CALLS = Number(process.argv[3] ?? 3_000)
/** Turn about, and many: the machine is never the same for long. */
const ROUNDS = 15
/** Until the code of both is compiled. */
const WARM_UPS = 4
const IDLE = 200
/** None of them is used for so many calls that its timeline is full. */
const RUNS = 128

const folder = await mkdtemp(join(tmpdir(), 'errand-bench-'))
const upstream = await startPart(new URL('upstream.ts', import.meta.url), [])
const port = String(upstream.said)
const hopPath = join(folder, 'hop.sock')
const hop = await startPart(new URL('hop.ts', import.meta.url), [hopPath, port])
const gateway = await startPart(
  new URL('gateway.ts', import.meta.url),
  [folder, port, String(RUNS)],
  process.argv[2] === undefined || process.argv[2] === '' ? [] : ['--cpu-prof', '--cpu-prof-dir', process.argv[2]],
)
const runs = gateway.said as readonly { readonly socketPath: string; readonly token: string }[]
let turn = 0
/** Each session is a run’s, as it is in life, and a run’s timeline takes no more than 2,000 calls: others in each round. */
const throughGateway = (n: number): McpPlace => {
  const { socketPath, token } = runs[(turn + n) % runs.length] ?? { socketPath: '', token: '' }
  return { at: { socketPath }, path: '/mcp/bench', headers: { [RUN_TOKEN_HEADER]: token } }
}
const throughHop = (): McpPlace => ({ at: { socketPath: hopPath }, path: '/mcp' })
try {
  for (const sessions of [8, 64]) {
    const ours: Cost[] = []
    const theirs: Cost[] = []
    for (let round = 0; round < WARM_UPS; round++) {
      await costOf(gateway, throughGateway, sessions)
      await costOf(hop, throughHop, sessions)
    }
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await costOf(gateway, throughGateway, sessions))
      theirs.push(await costOf(hop, throughHop, sessions))
    }
    const [value, peer] = [middle(ours, ({ cpu }) => cpu), middle(theirs, ({ cpu }) => cpu)]
    const [p99, peerP99] = [middle(ours, (one) => one.p99), middle(theirs, (one) => one.p99)]
    report({
      bench: `mcpHop.${sessions}`,
      value: round(value, 3),
      peer: round(peer, 3),
      ratio: round(value / peer),
      bar: `<= ${BAR} x a hop that copies bytes`,
      ok: value <= peer * BAR,
      note: `ms of processor time for each call at ${sessions} sessions; p99 ${round(p99)} ms against ${round(peerP99)}, ${round(p99 - peerP99)} added; ${round(
        middle(ours, (one) => one.perSecond),
        0,
      )} calls a second against ${round(
        middle(theirs, (one) => one.perSecond),
        0,
      )}`,
    })
  }
  for (const [sessions, everyMs] of [
    [8, 10],
    [64, 40],
  ] as const) {
    const ours = await costOf(gateway, throughGateway, sessions, everyMs)
    const theirs = await costOf(hop, throughHop, sessions, everyMs)
    report({
      bench: `mcpHop.${sessions}.paced`,
      value: round(ours.cpu, 3),
      peer: round(theirs.cpu, 3),
      ratio: round(ours.cpu / theirs.cpu),
      bar: 'none',
      ok: true,
      note: `ms of processor time for each call where both get ${round((sessions * 1000) / everyMs, 0)} a second; p99 ${round(ours.p99)} ms against ${round(theirs.p99)}`,
    })
  }
  const [value, peer] = [await idleKb(gateway, throughGateway), await idleKb(hop, throughHop)]
  report({
    bench: 'mcpHop.idle',
    value: round(value, 1),
    peer: round(peer, 1),
    ratio: round(value / peer),
    bar: 'none',
    ok: true,
    note: `kB for each of ${IDLE} sessions that only listen`,
  })
} finally {
  for (const part of [gateway, hop, upstream]) await part.close()
  await rm(folder, { recursive: true, force: true })
}

interface Cost {
  readonly cpu: number
  readonly p99: number
  readonly perSecond: number
}

async function costOf(
  { pid }: Part,
  place: (n: number) => McpPlace,
  count: number,
  everyMs: number | null = null,
): Promise<Cost> {
  const sessions = await Promise.all(Array.from({ length: count }, (_, n) => openMcpSession(place(n))))
  const before = await cpuMs(pid)
  const { ms, callsPerSecond } = await callInTurns(sessions, Math.ceil(CALLS / count), everyMs)
  const cpu = (await cpuMs(pid)) - before
  for (const session of sessions) session.close()
  turn += count
  return { cpu: cpu / ms.length, p99: percentile(ms, 0.99), perSecond: callsPerSecond }
}

function middle(costs: readonly Cost[], of: (cost: Cost) => number): number {
  return percentile(costs.map(of), 0.5)
}

async function idleKb({ pid }: Part, place: (n: number) => McpPlace): Promise<number> {
  const before = await pssKb(pid)
  const sessions = await Promise.all(Array.from({ length: IDLE }, (_, n) => openMcpSession(place(n))))
  await Promise.all(sessions.map((session) => session.listen()))
  await delay(2_000)
  const kb = ((await pssKb(pid)) - before) / IDLE
  for (const session of sessions) session.close()
  return kb
}
