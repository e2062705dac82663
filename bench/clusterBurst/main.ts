/**
 * Twenty tasks at once where twenty warm sandboxes wait: from each request to the first command of its script, which goes on for
 * some seconds as an agent would: what is measured is how twenty begin, not how the first end among them. There is no peer on this node: the bar is absolute (the best-known warm pool takes 1.6 s for this).
 */
import { setTimeout as delay } from 'node:timers/promises'
import { startOnCluster } from '../harness/onCluster.ts'
import { percentile, report, round } from '../harness/report.ts'

const BAR_MS = 500
const AT_ONCE = 20
const [rounds = 3] = process.argv.slice(2).map(Number)

const cluster = await startOnCluster({ ERRAND_WARM_PODS: String(AT_ONCE), ERRAND_MAX_LIVE_RUNS: String(AT_ONCE) })
try {
  const samples: number[] = []
  await cluster.submitted()
  // The first compiles what the others use: a server lives for weeks.
  for (let turn = -1; turn < rounds; turn++) {
    await cluster.warm(AT_ONCE)
    await cluster.quiet()
    // A sandbox that was just made still rehearses, and the last ones are still being taken away.
    await delay(3_000)
    const started = await Promise.all(
      Array.from({ length: AT_ONCE }, () => cluster.submitted({ lookEveryMs: 1_000, seconds: 4 })),
    )
    if (turn >= 0) samples.push(...started.map(({ ms }) => ms))
  }
  const value = percentile(samples, 0.95)
  report({
    bench: 'clusterBurst',
    value: round(value, 0),
    peer: null,
    ratio: null,
    bar: `≤ ${BAR_MS} ms at p95`,
    ok: value <= BAR_MS,
    note: `ms; p50 ${round(percentile(samples, 0.5), 0)}, slowest ${round(Math.max(...samples), 0)}; ${AT_ONCE} at once, ${rounds} times after a first`,
  })
} finally {
  await cluster.remove()
}
