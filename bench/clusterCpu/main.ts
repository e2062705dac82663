/**
 * What the two controllers spend of a processor on a run, from its firing until nothing is left of it. The bar is absolute. Both
 * are processes of their own, as the chart makes them; what api, gateway and database spend is not theirs. Beside them a process
 * hears the same of the cluster and does nothing with it: twice its time goes into the hearing alone.
 */
import { startApart } from '@errand/e2e/apart'
import { until } from '@errand/testkit'
import { cpuMs, startPart } from '../harness/processes.ts'
import { report, round } from '../harness/report.ts'

const BAR_MS = 20
/** Until the code that a run takes is compiled: a controller lives for weeks. */
const [runs = 100, warmUps = 300] = process.argv.slice(2).map(Number)

const errand = await startApart({ ERRAND_WARM_PODS: '0', ERRAND_MAX_LIVE_RUNS: '6' })
const listener = await startPart(new URL('listener.ts', import.meta.url), [errand.account, errand.place.namespace])
try {
  const spec = { runtime: 'script', cpus: 0.2, memoryMib: 128, diskMib: 256 }
  await errand.api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: 'bench', spec }) })
  await drain(warmUps)
  const before = await spentMs()
  await drain(runs)
  const after = await spentMs()
  const [value, hearing] = [(after.controllers - before.controllers) / runs, (after.listener - before.listener) / runs]
  report({
    bench: 'clusterCpu',
    value: round(value, 1),
    peer: null,
    ratio: null,
    bar: `≤ ${BAR_MS} ms of a processor for a run`,
    ok: value <= BAR_MS,
    note: `${runs} runs over two controllers, six live at once, after ${warmUps} others; ${round(2 * hearing, 1)} ms for two processes that only hear the same of the cluster`,
  })
} finally {
  await listener.close()
  await errand.remove()
}

async function drain(count: number): Promise<void> {
  const fire = () => errand.api.runs.create.mutate({ prompt: 'true', agent: 'bench', repositories: [] })
  await Promise.all(Array.from({ length: count }, fire))
  await until(async () => (await errand.api.runs.list.query({})).runs.every(({ state }) => state.goneAt !== null), {
    deadlineMs: 600_000,
    everyMs: 1_000,
    what: 'the end of the last sandbox',
  })
}

/** So far, as Linux counts it: in hundredths of a second. */
async function spentMs(): Promise<{ readonly controllers: number; readonly listener: number }> {
  const each = await Promise.all(errand.controllers.map(({ pid }) => cpuMs(pid)))
  return { controllers: each.reduce((sum, one) => sum + one, 0), listener: await cpuMs(listener.pid) }
}
