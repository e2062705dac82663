/**
 * What a controller's death costs: twenty tasks while there are two controllers, and again while the one at work is killed in
 * their middle. Its peer is the same without the kill; what is longer is what a run waited for it.
 */
import { startApart } from '@errand/e2e/apart'
import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR_MS = 3_000
const SUBMITS = 20
/** One after the other, so that the death falls among them. */
const EVERY_MS = 100
const NOW = 'date +%s%N'
const [rounds = 3] = process.argv.slice(2).map(Number)

const errand = await startApart({ ERRAND_WARM_PODS: String(SUBMITS), ERRAND_MAX_LIVE_RUNS: String(SUBMITS) })
try {
  const spec = { runtime: 'script', cpus: 0.5, memoryMib: 256, diskMib: 512 }
  await errand.api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: 'bench', spec }) })
  await waitOf(fire())
  const calm: number[] = []
  const killed: number[] = []
  for (let turn = 0; turn < rounds; turn++) {
    await pooled()
    calm.push(...(await submitted(() => Promise.resolve())))
    await pooled()
    const victim = errand.controllers[turn % errand.controllers.length]
    killed.push(...(await submitted(async () => victim?.end('SIGKILL'))))
    await victim?.start()
  }
  const value = Math.max(...killed) - Math.max(...calm)
  report({
    bench: 'clusterKill',
    value: round(value, 0),
    peer: round(Math.max(...calm), 0),
    ratio: null,
    bar: `no run waits longer than ${BAR_MS} ms for the controller that is gone`,
    ok: value <= BAR_MS,
    note: `ms; slowest of ${killed.length} with a kill ${round(Math.max(...killed), 0)}, of ${calm.length} without ${round(Math.max(...calm), 0)}`,
  })
} finally {
  await errand.remove()
}

/** Milliseconds from each request until its script's first command ran. */
async function submitted(inTheMiddle: () => Promise<void>): Promise<readonly number[]> {
  const waits: Promise<number>[] = []
  const began = performance.now()
  for (let n = 0; n < SUBMITS; n++) {
    await until(() => performance.now() - began >= n * EVERY_MS, { everyMs: 2, what: 'its turn' })
    waits.push(waitOf(fire()))
    if (n === SUBMITS / 2) await inTheMiddle()
  }
  return Promise.all(waits)
}

function fire(): { at: number; run: Promise<{ runId: RunId }> } {
  const at = performance.timeOrigin + performance.now()
  return { at, run: errand.api.runs.create.mutate({ prompt: NOW, agent: 'bench', repositories: [] }) }
}

async function waitOf({ at, run }: ReturnType<typeof fire>): Promise<number> {
  const { runId } = await run
  const { state } = await until(
    async () => {
      const found = await errand.api.runs.get.query({ runId })
      return found.state.endedAt !== null && found
    },
    { deadlineMs: 120_000, everyMs: 100, what: 'the end of the run' },
  )
  if (state.status !== 'succeeded') throw new Error(`${runId} ${state.code}: ${state.detail}`)
  const printed = (await errand.events(runId)).map(({ body }) => (body.type === 'output.appended' ? body.text : ''))
  return Number(/\d{19}/.exec(printed.join(''))?.[0]) / 1e6 - at
}

async function pooled(): Promise<void> {
  await until(
    async () =>
      (await errand.api.runs.list.query({})).runs.every(({ state }) => state.goneAt !== null) &&
      (await errand.api.system.pool.query()).some(({ ready }) => ready >= SUBMITS),
    { deadlineMs: 240_000, everyMs: 500, what: `${SUBMITS} warm sandboxes` },
  )
}
