/**
 * From a submitted script to its first command, in a pod of its own on a cluster, the wall's time included. The peer is
 * a bare Job of the same shape (image, volumes, limits): from its creation to its container's first instruction. In
 * turn, on the same node.
 */
import { startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 1.3
const [rounds = 30] = process.argv.slice(2).map(Number)

const cluster = await startOnCluster({ ERRAND_WARM_PODS: '0' })
try {
  const ours: number[] = []
  const walls: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < rounds + 2; turn++) {
    const started = await cluster.submitted()
    await cluster.quiet()
    const peer = await cluster.bare()
    // The first are slower on both sides: caches of the node, of Node, of Postgres.
    if (turn < 2) continue
    ours.push(started.ms)
    walls.push(started.wallMs)
    bare.push(peer)
  }
  const [value, peer] = [percentile(ours, 0.5), percentile(bare, 0.5)]
  report({
    bench: 'clusterCold',
    value: round(value, 0),
    peer: round(peer, 0),
    ratio: round(value / peer),
    bar: `≤ ${BAR} × a bare Job of the same shape, at the median, the wall’s time included`,
    ok: value <= BAR * peer,
    note: `ms; p95 ${round(percentile(ours, 0.95), 0)} against ${round(percentile(bare, 0.95), 0)}; the wall took ${round(percentile(walls, 0.5), 0)} of it (p95 ${round(percentile(walls, 0.95), 0)}); ${rounds} each`,
  })
} finally {
  await cluster.remove()
}
