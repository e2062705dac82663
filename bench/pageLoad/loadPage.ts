import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Person } from '../../e2e/harness/browser.ts'

export interface PageCost {
  /** What the document itself asks for, packed with gzip. */
  readonly scriptBytes: number
  /** The same as it came over the wire, headers included. */
  readonly wireBytes: number
  /** What the page then fetched by itself, for what it shows first. */
  readonly laterBytes: number
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
  const urls = new Map<string, string>()
  const bytes = new Map<string, number>()
  devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') urls.set(requestId, new URL(response.url).pathname)
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId)
    if (url !== undefined) bytes.set(url, encodedDataLength)
  })
  const html = (await (await page.goto(path))?.text()) ?? ''
  await page.locator('main').first().waitFor()
  await delay(SETTLE_MS)
  // The paint that counts is the last one before the first press, which ends the measure.
  const paintMs = await page.evaluate<number>('bench.paintMs')
  const [first = [], later = []] = [true, false].map((isFirst) =>
    [...bytes].filter(([url]) => html.includes(url) === isFirst),
  )
  const scripts = await Promise.all(first.map(async ([url]) => (await context.request.get(url)).body()))
  for (const key of ['j', 'j', '?', 'Escape', 'k']) await page.keyboard.press(key)
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)))')
  const answerMs = await page.evaluate<number>('bench.answerMs')
  await page.close()
  return {
    scriptBytes: sum(scripts.map((script) => gzipSync(script).length)),
    wireBytes: sum(first.map(([, length]) => length)),
    laterBytes: sum(later.map(([, length]) => length)),
    paintMs,
    answerMs,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
