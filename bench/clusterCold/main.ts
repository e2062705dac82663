/**
 * From a submitted script to its first command, in a pod of its own on a cluster, the wall's time included. The peer is
 * a bare Job of the same shape (image, volumes, limits): from its creation to its container's first instruction. In
 * turn, on the same node.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR = 1.3
const [rounds = 30] = process.argv.slice(2).map(Number)

/** What an agent has that asks for nothing else: with less, Node's own start is held back by the kernel. */
const CPUS = 2
/** The kubelet goes on folding up what has ended: nobody's start pays for what was before it. */
const REST_MS = 2_000

const cluster = await startOnCluster({ ERRAND_WARM_PODS: '0' }, CPUS)
try {
  const ours: number[] = []
  const walls: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < rounds + 2; turn++) {
    // Both are looked at ten times a second.
    const started = await cluster.submitted({ lookEveryMs: 100 })
    await cluster.quiet()
    await pause(REST_MS)
    const peer = await cluster.bare()
    await pause(REST_MS)
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
