/** Scrolls through the timeline of a run with 5,000 rows from end to end: the longest time between two frames, in ms. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunId } from '@errand/contracts'
import { addFinishedRun } from '../harness/finishedRun.ts'
import { report, round } from '../harness/report.ts'
import { openSite } from '../harness/site.ts'

const TOOLS = 2_500
const STEPS = 300
const BAR_MS = 50

/** A wheel's worth a frame; what is between two frames is what a person sees as a jerk. */
const SCROLL = `
  new Promise((done) => {
    const place = document.scrollingElement;
    const frames = [];
    const distance = (place.scrollHeight - innerHeight) / ${STEPS};
    let before = performance.now(), n = 0;
    const step = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      if (n++ === ${STEPS}) return done({ frames: frames.slice(1), top: place.scrollTop, height: place.scrollHeight });
      place.scrollTop += distance;
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
  await delay(3_000)
  const { frames, height } = await page.evaluate<{ frames: number[]; height: number }>(SCROLL)
  const longest = round(Math.max(...frames), 1)
  report({
    bench: 'timelineScroll',
    value: longest,
    peer: null,
    ratio: null,
    bar: `no frame over ${BAR_MS} ms`,
    ok: longest <= BAR_MS,
    note: `${2 * TOOLS} rows, ${height} px in ${STEPS} steps; ${frames.filter((ms) => ms > BAR_MS).length} frames over`,
  })
} finally {
  await site.close()
}
