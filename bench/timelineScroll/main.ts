/** Scrolls down the timeline of a run with 5,000 rows, as fast as a wheel turns: the longest time between two frames, in ms. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunId } from '@errand/contracts'
import { addFinishedRun } from '../harness/finishedRun.ts'
import { report, round } from '../harness/report.ts'
import { openSite } from '../harness/site.ts'

const TOOLS = 2_500
const STEPS = 600
/** Of a screen's 60 frames a second: 7,200 px in a second. */
const STEP_PX = 120
const BAR_MS = 50
/** What the page does after its last event is not scrolling. */
const SETTLE_MS = 2_000

/** A wheel's worth a frame; what is between two frames is what a person sees as a jerk. */
const SCROLL = `
  new Promise((done) => {
    const place = document.scrollingElement;
    const frames = [];
    let before = performance.now(), n = 0;
    const step = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      if (n++ === ${STEPS}) return done({ frames: frames.slice(1), top: place.scrollTop, height: place.scrollHeight });
      place.scrollTop += ${STEP_PX};
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`

let runId: RunId | undefined
const site = await openSite(async (owner, db) => {
  runId = await addFinishedRun(owner, { prompt: 'A long run', tools: TOOLS }, db)
})
try {
  const { page } = site.person
  await page.goto(`/runs/${runId}?tab=timeline`)
  await page.locator('main').first().waitFor()
  await page.getByText(/^5,\d{3} steps/).waitFor()
  await delay(SETTLE_MS)
  const { frames, height } = await page.evaluate<{ frames: number[]; height: number }>(SCROLL)
  const longest = round(Math.max(...frames), 1)
  const worst = frames
    .toSorted((a, b) => b - a)
    .slice(0, 5)
    .map((ms) => round(ms))
  report({
    bench: 'timelineScroll',
    value: longest,
    peer: null,
    ratio: null,
    bar: `no frame over ${BAR_MS} ms`,
    ok: longest <= BAR_MS,
    note: `${2 * TOOLS} rows, ${STEPS} frames of ${STEP_PX} px through ${height} px; ${frames.filter((ms) => ms > BAR_MS).length} frames over, the longest ${worst.join(', ')} ms`,
  })
} finally {
  await site.close()
}
