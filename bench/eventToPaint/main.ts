/**
 * How old a runner's event is when a person sees it, while many scripted runs are live: runner, gateway, Postgres, WebSocket and
 * the page's fold, then React and the frame that shows the row, in a real browser, all on this machine's one clock. A runner
 * gathers what a program prints for up to 100 ms before that, so that a flood of lines is not a flood of events.
 * `npm run bench -- eventToPaint [runs] [seconds]`
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import { apiOf, type Installed } from '../harness/installed.ts'
import { percentile, report, round } from '../harness/report.ts'
import { openSite } from '../harness/site.ts'
import { LINE, LISTEN, WATCH } from './watch.ts'

const BAR = { foldMs: 100, paintMs: 150 }
/** As many at once as one person's script would fire; each is a sandbox to build. */
const FIRED_AT_ONCE = 10
const START_PATIENCE_MS = 300_000
/** What the page does when it has just been opened is not watching. */
const SETTLE_MS = 3_000
/** Slower than the runner's ten batches a second, so that each line is one event. */
const ON_SCREEN_PER_SECOND = 4
const [runs = 200, seconds = 60] = process.argv.slice(2).map(Number)

interface Ages {
  readonly fold: number[]
  readonly paint: number[]
}

const site = await openSite(async () => undefined)
try {
  const installed = await apiOf(site.errand)
  await installed.api.settings.set.mutate({ maxLiveRuns: runs })
  const others: RunId[] = []
  while (others.length < runs - 1) {
    const count = Math.min(FIRED_AT_ONCE, runs - 1 - others.length)
    others.push(...(await Promise.all(Array.from({ length: count }, () => fire(1, installed)))))
  }
  const onScreen = await fire(ON_SCREEN_PER_SECOND, installed)
  await until(async () => (await live(installed)) === runs, {
    deadlineMs: START_PATIENCE_MS,
    everyMs: 500,
    what: `${runs} live runs`,
  })
  const { page } = site.person
  await page.addInitScript(LISTEN)
  await page.goto(`/runs/${onScreen}?tab=timeline`)
  await page.locator('.tl .out').getByText(LINE).first().waitFor({ timeout: START_PATIENCE_MS })
  await delay(SETTLE_MS)
  await page.evaluate(WATCH)
  await delay(seconds * 1000)
  const ages = await page.evaluate<Ages>('window.bench.ages')
  const [fold, paint] = [percentile(ages.fold, 0.99), percentile(ages.paint, 0.99)]
  report({
    bench: 'eventToPaint',
    value: round(paint, 1),
    peer: null,
    ratio: null,
    bar: `p99 at ${runs} live runs: in the fold ≤ ${BAR.foldMs} ms, painted ≤ ${BAR.paintMs} ms`,
    ok: fold <= BAR.foldMs && paint <= BAR.paintMs,
    note: `ms; in the fold ${round(fold, 1)} (median ${round(percentile(ages.fold, 0.5), 1)}), painted median ${round(percentile(ages.paint, 0.5), 1)}; ${ages.paint.length} lines seen of ${seconds * ON_SCREEN_PER_SECOND}, ${runs - 1} other runs with a line a second`,
  })
} finally {
  await site.close()
}

/** Waits on a pipe that nobody writes to, so that a line starts no process. */
async function fire(perSecond: number, { api }: Pick<Installed, 'api'>): Promise<RunId> {
  const prompt = `mkfifo /tmp/tick; exec 3<>/tmp/tick; while :; do echo at $EPOCHREALTIME; read -r -t ${1 / perSecond} -u 3; done`
  return (await api.runs.create.mutate({ prompt, agent: 'shell', repositories: [] })).runId
}

async function live({ api }: Pick<Installed, 'api'>): Promise<number> {
  return (await api.runs.groups.query({ limit: 1 })).places.taken
}
