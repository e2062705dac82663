import { setTimeout as delay } from 'node:timers/promises'
import type { Person } from '../../e2e/harness/browser.ts'

export interface PageCost {
  /** Compressed, as they came. */
  readonly scriptBytes: number
  readonly paintMs: number
  readonly answerMs: number
}

/** Until everything that a page loads by itself has come, also on the slowed-down processor. */
const SETTLE_MS = 3_000

/** Collected in the page from its first moment on. */
const OBSERVE = `
  window.bench = { paintMs: 0, answerMs: 0 };
  new PerformanceObserver((list) => { for (const e of list.getEntries()) bench.paintMs = e.startTime })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (e.interactionId) bench.answerMs = Math.max(bench.answerMs, e.duration) })
    .observe({ type: 'event', durationThreshold: 16, buffered: true });
`

/** Loads a page in a tab of its own with an empty cache, presses what a person would press first, and adds it up. */
export async function loadPage(
  { context }: Person,
  { path, slowDown }: { path: string; slowDown: number },
): Promise<PageCost> {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowDown })
  await page.addInitScript(OBSERVE)
  const scripts = new Set<string>()
  let scriptBytes = 0
  devtools.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scriptBytes += encodedDataLength
  })
  await page.goto(path)
  await page.locator('main').first().waitFor()
  await delay(SETTLE_MS)
  // The paint that counts is the last one before the first press, which ends the measure.
  const paintMs = await page.evaluate<number>('bench.paintMs')
  const firstBytes = scriptBytes
  for (const key of ['j', 'j', '?', 'Escape', 'k']) await page.keyboard.press(key)
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)))')
  const answerMs = await page.evaluate<number>('bench.answerMs')
  await page.close()
  return { scriptBytes: firstBytes, paintMs, answerMs }
}
