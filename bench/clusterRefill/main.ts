/**
 * What the filling of the warm pool costs the runs that live meanwhile: a script that computes for some seconds, while a pool of
 * eight is filled beside it and, as its peer, with no pool at all. Both on the same node, one after the other.
 */
import { startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 1.1
const POOL = 8
/** Some seconds of one processor. */
const WORK = 'i=0; while ((i<2000000)); do ((i+=1)); done'
const TIMED = `a=$(date +%s%N); ${WORK}; b=$(date +%s%N); echo "took $(((b-a)/1000000)) ms"`
const [rounds = 6] = process.argv.slice(2).map(Number)

const alone = await measured(0)
const beside = await measured(POOL)
const [value, peer] = [percentile(beside.ms, 0.5), percentile(alone.ms, 0.5)]
report({
  bench: 'clusterRefill',
  value: round(value, 0),
  peer: round(peer, 0),
  ratio: round(value / peer),
  bar: `≤ ${BAR} × the same without a pool`,
  ok: value <= BAR * peer,
  note: `ms of a script that computes; ${beside.made} pods were made beside ${rounds} of them`,
})

async function measured(pods: number): Promise<{ readonly ms: readonly number[]; readonly made: number }> {
  const cluster = await startOnCluster({ ERRAND_WARM_PODS: String(pods) })
  const ms: number[] = []
  let made = 0
  try {
    for (let turn = 0; turn <= rounds; turn++) {
      // A shape that no run has had yet: none of it is warm, and all are to be made.
      const spec = { runtime: 'script', cpus: 1, memoryMib: 200 + turn, diskMib: 256 }
      const source = JSON.stringify({ kind: 'Agent', name: 'works', spec })
      await cluster.api.config.applyDocument.mutate({ source })
      const { runId } = await cluster.api.runs.create.mutate({ prompt: TIMED, agent: 'works', repositories: [] })
      await cluster.quiet(120_000)
      const events = await cluster.api.runs.events.query({ runId, after: 0 })
      const printed = events.map(({ body }) => (body.type === 'output.appended' ? body.text : '')).join('')
      const pool = await cluster.api.system.pool.query()
      // The first warms the node up.
      if (turn === 0) continue
      ms.push(Number(/took (\d+) ms/.exec(printed)?.[1]))
      made += pool.find(({ memoryMib }) => memoryMib === spec.memoryMib)?.ready ?? 0
    }
    return { ms, made }
  } finally {
    await cluster.remove()
  }
}
