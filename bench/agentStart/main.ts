/**
 * From a submitted task to a Claude Code that has started: it asks its model for the first time. The peer is the same
 * program with the same arguments in a bare bubblewrap that somebody types: no queue, no database, no gateway, no
 * runner, no wall around the network. In turn, in one run, each in a home of its own.
 */
import { until, startScriptedModel } from '@errand/testkit'
import { type Installed, startInstalled } from '../harness/installed.ts'
import { percentile, report, round } from '../harness/report.ts'
import { startBare } from './bare.ts'

const BAR = 1.2
const WARM_UP = 2
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
  await addAgent(installed)
  const samples = { errand: [] as number[], bare: [] as number[] }
  for (let turn = 0; turn < WARM_UP + rounds; turn++) {
    const [ours, bare] = [await measured(() => runInErrand(installed)), await measured(() => startBare(model.url))]
    if (turn < WARM_UP) continue
    samples.errand.push(ours)
    samples.bare.push(bare)
  }
  const [value, peer] = [percentile(samples.errand, 0.5), percentile(samples.bare, 0.5)]
  report({
    bench: 'agentStart',
    value: round(value, 0),
    peer: round(peer, 0),
    ratio: round(value / peer),
    bar: `≤ ${BAR} × bare bwrap and claude, at the median`,
    ok: value <= BAR * peer,
    note: `ms until the agent's first request to its model; fastest ${round(Math.min(...samples.errand), 0)} against ${round(Math.min(...samples.bare), 0)}; ${rounds} starts each`,
  })
} finally {
  await installed.errand.remove()
  await model.close()
}

/** Starts an agent, takes the time until it asks, and waits until nothing of it runs any more. */
async function measured(start: () => Promise<void>): Promise<number> {
  const asked = Promise.withResolvers<number>()
  const began = performance.now()
  onFirstCall = () => asked.resolve(performance.now() - began)
  await start()
  return asked.promise
}

async function runInErrand({ api }: Installed): Promise<void> {
  const { runId } = await api.runs.create.mutate({ prompt: 'Say hello.', agent: 'bench', repositories: [] })
  await until(async () => (await api.runs.get.query({ runId })).state.goneAt !== null, {
    deadlineMs: 60_000,
    everyMs: 250,
    what: 'the end of the run',
  })
}

async function addAgent({ errand }: Installed): Promise<void> {
  const added = await errand.errand(
    ['credentials', 'add', 'model', '--type', 'llm-compatible', '--base-url', model.url],
    { input: 'sk-bench' },
  )
  const agent =
    'kind: Agent\nname: bench\nspec:\n  runtime: claude-code\n  credential: model\n  model: claude-sonnet-5-5\n'
  const applied = await errand.errand(['apply', '--file', '-'], { input: agent })
  if (added.code !== 0 || applied.code !== 0) throw new Error(`no agent: ${added.stderr}${applied.stderr}`)
}
