/**
 * A queue that drains: many runs are fired at once, and Errand lets as many live as the node can do with. What is measured is how
 * many end in a second, and how often Errand asks the cluster's API for each. The peer is bare Jobs of the same shape, as many at
 * once, on the same node.
 */
import { startOnCluster } from '../harness/onCluster.ts'
import { report, round } from '../harness/report.ts'

const BAR = 0.9
const REQUESTS_BAR = 12
const AT_ONCE = 8
// As many Jobs: what the kubelet removes of them a minute later would fall to the runs otherwise.
const [runs = 1_000, peers = runs] = process.argv.slice(2).map(Number)

const cluster = await startOnCluster({ ERRAND_WARM_PODS: '0', ERRAND_MAX_LIVE_RUNS: String(AT_ONCE) })
try {
  await cluster.submitted()
  await cluster.quiet()
  let left = peers
  const bareSeconds = await seconds(async () => {
    const one = async () => {
      while (left-- > 0) await cluster.bare()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
  })
  const before = await requestsSoFar()
  const drained = await seconds(async () => {
    for (let fired = 0; fired < runs; fired += 20)
      await Promise.all(Array.from({ length: Math.min(20, runs - fired) }, fire))
    await cluster.quiet(3_600_000)
  })
  const [rate, peer] = [runs / drained, peers / bareSeconds]
  const requests = ((await requestsSoFar()) - before) / runs
  report({
    bench: 'clusterDrain',
    value: round(rate),
    peer: round(peer),
    ratio: round(rate / peer),
    bar: `≥ ${BAR} × the rate of bare Jobs, and ≤ ${REQUESTS_BAR} requests to the API for a run`,
    ok: rate >= BAR * peer && requests <= REQUESTS_BAR,
    note: `runs a second, ${AT_ONCE} live at once, ${runs} runs against ${peers} Jobs; ${round(requests, 1)} requests for a run, watches included`,
  })
} finally {
  await cluster.remove()
}

function fire(): Promise<unknown> {
  return cluster.api.runs.create.mutate({ prompt: 'true', agent: 'bench', repositories: [] })
}

async function seconds(act: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await act()
  return (performance.now() - began) / 1_000
}

/** As the server itself counts them. */
async function requestsSoFar(): Promise<number> {
  const answer = await fetch(`${cluster.errand.url}/metrics`, { headers: { authorization: `Bearer ${cluster.token}` } })
  const lines = (await answer.text()).match(/^errand_kube_requests_total\{.*\} \d+$/gm) ?? []
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
