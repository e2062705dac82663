/**
 * From a submitted script to its first command where a warm sandbox waits for it. The peer is a bare Job of the same
 * shape: from its creation to its container's first instruction. In turn, on the same node.
 */
import { startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 0.1
const [rounds = 30] = process.argv.slice(2).map(Number)

const cluster = await startOnCluster({ ERRAND_WARM_PODS: '2' })
try {
  const ours: number[] = []
  const ends: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < rounds + 2; turn++) {
    if (turn > 0) await cluster.warm(2)
    const started = await cluster.submitted()
    await cluster.warm(2)
    await cluster.quiet()
    const peer = await cluster.bare()
    if (turn < 2) continue
    ours.push(started.ms)
    ends.push(started.endMs)
    bare.push(peer)
  }
  const at = (p: number) => [percentile(ours, p), percentile(bare, p)] as const
  const [[value, peer], [late, latePeer]] = [at(0.5), at(0.95)]
  report({
    bench: 'clusterWarm',
    value: round(value, 1),
    peer: round(peer, 0),
    ratio: round(value / peer, 3),
    bar: `≤ ${BAR} × a bare Job of the same shape, at p50 and p95`,
    ok: value <= BAR * peer && late <= BAR * latePeer,
    note: `ms; p95 ${round(late, 1)} against ${round(latePeer, 0)} (${round(late / latePeer, 3)} ×); script’s end to the run seen over, looked at every 20 ms: p95 ${round(percentile(ends, 0.95), 0)}; ${rounds} each`,
  })
} finally {
  await cluster.remove()
}
