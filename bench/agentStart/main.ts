/**
 * From a submitted task to a Claude Code that has started: it asks its model for the first time. The peer is the same
 * program with the same arguments in a bare bubblewrap that somebody types: no queue, no database, no gateway, no
 * runner, no wall around the network. In turn, in one run, each in a home of its own.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { until, startScriptedModel } from '@errand/testkit'
import { type Installed, startInstalled } from '../harness/installed.ts'
import { percentile, report, round } from '../harness/report.ts'
import { startBare } from './bare.ts'

const BAR = 1.2
const WARM_UP = 2
/** Whoever fires one run after another still thinks for a moment. */
const THINK_MS = 3_000
const [rounds = 15] = process.argv.slice(2).map(Number)

let onFirstCall: (() => void) | null = null
const model = await startScriptedModel({
  onCall: ({ method, target }) => {
    if (method !== 'POST' || !target.startsWith('/v1/messages')) return
    onFirstCall?.()
    onFirstCall = null
  },
})
const installed = await startInstalled()
try {
  await addModel(installed)
  await addAgent(installed, 'next', 4_096)
  await compare('agentStart', 'next', 'with the sandbox that waits for the next run')
  // What nobody was allowed before fits no sandbox that waits.
  let memoryMib = 3_000
  await compare('agentStart.first', 'first', 'the first run in ten minutes, for which no sandbox waits', async () =>
    addAgent(installed, 'first', ++memoryMib),
  )
} finally {
  await installed.errand.remove()
  await model.close()
}

async function compare(bench: string, agent: string, what: string, before = async () => {}): Promise<void> {
  const samples = { errand: [] as number[], bare: [] as number[] }
  for (let turn = 0; turn < WARM_UP + rounds; turn++) {
    await before()
    await delay(THINK_MS)
    const [ours, bare] = [
      await measured(() => runInErrand(installed, agent)),
      await measured(() => startBare(model.url)),
    ]
    if (turn < WARM_UP) continue
    samples.errand.push(ours)
    samples.bare.push(bare)
  }
  const [value, peer] = [percentile(samples.errand, 0.5), percentile(samples.bare, 0.5)]
  report({
    bench,
    value: round(value, 0),
    peer: round(peer, 0),
    ratio: round(value / peer),
    bar: `≤ ${BAR} × bare bwrap and claude, at the median`,
    ok: value <= BAR * peer,
    note: `ms until the agent's first request to its model, ${what}; fastest ${round(Math.min(...samples.errand), 0)} against ${round(Math.min(...samples.bare), 0)}; ${rounds} starts each`,
  })
}

/** Starts an agent, takes the time until it asks, and waits until nothing of it runs any more. */
async function measured(start: () => Promise<void>): Promise<number> {
  const asked = Promise.withResolvers<number>()
  const began = performance.now()
  onFirstCall = () => asked.resolve(performance.now() - began)
  await start()
  return asked.promise
}

async function runInErrand({ api }: Installed, agent: string): Promise<void> {
  const { runId } = await api.runs.create.mutate({ prompt: 'Say hello.', agent, repositories: [] })
  await until(async () => (await api.runs.get.query({ runId })).state.goneAt !== null, {
    deadlineMs: 60_000,
    everyMs: 250,
    what: 'the end of the run',
  })
}

async function addModel({ errand }: Installed): Promise<void> {
  const added = await errand.errand(
    ['credentials', 'add', 'model', '--type', 'llm-compatible', '--base-url', model.url],
    { input: 'sk-bench' },
  )
  if (added.code !== 0) throw new Error(`no credential: ${added.stderr}`)
}

async function addAgent({ errand }: Installed, name: string, memoryMib: number): Promise<void> {
  const spec = `runtime: claude-code\n  credential: model\n  model: claude-sonnet-5-5\n  memoryMib: ${memoryMib}`
  const applied = await errand.errand(['apply', '--file', '-'], {
    input: `kind: Agent\nname: ${name}\nspec:\n  ${spec}\n`,
  })
  if (applied.code !== 0) throw new Error(`no agent: ${applied.stderr}`)
}
