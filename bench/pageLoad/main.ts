/**
 * What home and the page of a run cost a person with a slow device: script bytes, the largest contentful
 * paint of a fresh tab, and the slowest answer to a key or a press, the processor slowed down four times.
 * One JSON line a page.
 */
import type { RunId } from '@errand/contracts'
import { percentile, report, round } from '../harness/report.ts'
import { addFinishedRun } from '../harness/finishedRun.ts'
import { openSite, type Site } from '../harness/site.ts'
import { loadPage, type PageCost } from './loadPage.ts'

const ROUNDS = 5
const SLOW_DOWN = 4
const BAR = { scriptKb: 180, paintMs: 1_000, answerMs: 100 }

let runId: RunId | undefined
const site = await openSite(async (owner, db) => {
  for (let n = 0; n < 40; n++) runId = await addFinishedRun(owner, { prompt: `Task number ${n}`, tools: 20 }, db)
})
try {
  await measure('home', '/', site)
  await measure('run', `/runs/${runId}`, site)
} finally {
  await site.close()
}

async function measure(name: string, path: string, { person }: Site): Promise<void> {
  const costs: PageCost[] = []
  for (let n = 0; n < ROUNDS; n++) costs.push(await loadPage(person, { path, slowDown: SLOW_DOWN }))
  const scriptKb = round(Math.max(...costs.map((cost) => cost.scriptBytes)) / 1000, 1)
  const wireKb = round(Math.max(...costs.map((cost) => cost.wireBytes)) / 1000, 1)
  const laterKb = round(Math.max(...costs.map((cost) => cost.laterBytes)) / 1000, 1)
  const paintMs = round(
    percentile(
      costs.map((cost) => cost.paintMs),
      0.5,
    ),
  )
  const answerMs = round(Math.max(...costs.map((cost) => cost.answerMs)))
  report({
    bench: `pageLoad.${name}`,
    value: paintMs,
    peer: null,
    ratio: null,
    bar: `first script ≤ ${BAR.scriptKb} kB packed with gzip, LCP ≤ ${BAR.paintMs} ms, INP ≤ ${BAR.answerMs} ms at ${SLOW_DOWN} × slow-down`,
    ok: scriptKb <= BAR.scriptKb && paintMs <= BAR.paintMs && answerMs <= BAR.answerMs,
    note: `script ${scriptKb} kB with gzip, ${wireKb} kB over the wire and ${laterKb} kB later, LCP ${paintMs} ms (median of ${ROUNDS}), slowest answer ${answerMs} ms`,
  })
}
