/**
 * What the filling of the warm pool costs the runs that live meanwhile: a script that computes for some seconds, while a pool of
 * three is filled beside it and, as its peer, by an Errand without a pool. In turn, on the same node.
 */
import { until } from '@errand/testkit'
import { type OnCluster, startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 1.1
/** All of them, of every turn, fit on a node of two cores. */
const POOL = 3
/** Some seconds of one processor. */
const WORK = 'i=0; while ((i<2000000)); do ((i+=1)); done'
const TIMED = `a=$(date +%s%N); ${WORK}; b=$(date +%s%N); echo "took $(((b-a)/1000000)) ms"`
const [rounds = 4] = process.argv.slice(2).map(Number)

const [alone, beside] = [
  await startOnCluster({ ERRAND_WARM_PODS: '0' }),
  await startOnCluster({ ERRAND_WARM_PODS: String(POOL) }),
]
try {
  const peers: number[] = []
  const ours: number[] = []
  // The first warm the node up.
  for (let turn = 0; turn <= rounds; turn++) {
    // A shape that no run has had yet: none of it is warm, and all are to be made.
    const memoryMib = 200 + turn
    const peer = await took(alone, memoryMib)
    const value = await took(beside, memoryMib)
    await full(memoryMib)
    if (turn === 0) continue
    peers.push(peer)
    ours.push(value)
  }
  const [value, peer] = [percentile(ours, 0.5), percentile(peers, 0.5)]
  report({
    bench: 'clusterRefill',
    value: round(value, 0),
    peer: round(peer, 0),
    ratio: round(value / peer),
    bar: `≤ ${BAR} × the same without a pool`,
    ok: value <= BAR * peer,
    note: `ms of a script that computes, at the median of ${rounds} each, in turn; a pool of ${POOL} was filled beside ours`,
  })
} finally {
  await alone.remove()
  await beside.remove()
}

async function took(cluster: OnCluster, memoryMib: number): Promise<number> {
  const spec = { runtime: 'script', cpus: 1, memoryMib, diskMib: 256 }
  await cluster.api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: 'works', spec }) })
  const { runId } = await cluster.api.runs.create.mutate({ prompt: TIMED, agent: 'works', repositories: [] })
  await cluster.quiet(120_000)
  const events = await cluster.api.runs.events.query({ runId, after: 0 })
  const printed = events.map(({ body }) => (body.type === 'output.appended' ? body.text : '')).join('')
  return Number(/took (\d+) ms/.exec(printed)?.[1])
}

/** Nothing is made while it is the peer's turn. */
async function full(memoryMib: number): Promise<void> {
  const isFull = async () =>
    (await beside.api.system.pool.query()).some((one) => one.memoryMib === memoryMib && one.ready === POOL)
  await until(isFull, { deadlineMs: 180_000, everyMs: 500, what: 'a full pool' })
}
