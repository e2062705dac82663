/**
 * What the two controllers spend of a processor on a run, from its firing until nothing is left of it. The bar is absolute. Both
 * are processes of their own, as the chart makes them; what api, gateway and database spend is not theirs.
 */
import { readFileSync } from 'node:fs'
import { startApart } from '@errand/e2e/apart'
import { until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR_MS = 20
/** Until the code that a run takes is compiled: a controller lives for weeks. */
const [runs = 100, warmUps = 300] = process.argv.slice(2).map(Number)

const errand = await startApart({ ERRAND_WARM_PODS: '0', ERRAND_MAX_LIVE_RUNS: '6' })
try {
  const spec = { runtime: 'script', cpus: 0.2, memoryMib: 128, diskMib: 256 }
  await errand.api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: 'bench', spec }) })
  await drain(warmUps)
  const before = spentMs()
  await drain(runs)
  const value = (spentMs() - before) / runs
  report({
    bench: 'clusterCpu',
    value: round(value, 1),
    peer: null,
    ratio: null,
    bar: `≤ ${BAR_MS} ms of a processor for a run`,
    ok: value <= BAR_MS,
    note: `${runs} runs over two controllers, six live at once, after ${warmUps} others`,
  })
} finally {
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

/** Of all controllers so far, as Linux counts it: in hundredths of a second. */
function spentMs(): number {
  return errand.controllers.reduce((sum, { pid }) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) * 10
  }, 0)
}
