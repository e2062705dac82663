import type { RunEvent, RunId, SystemEvent } from '@errand/contracts'
import { until } from '@errand/testkit'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { rowsOf } from '../../apps/web/features/timeline/rows.ts'
import type { Person } from '../harness/browser.ts'
import { DISCONNECTS } from '../harness/counts.ts'
import { openLog } from '../harness/openLog.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'

const PER_RECONNECT = 100
/** Rows that are there cost something; twenty thousand events that were read cost nothing. */
const MAX_GROWTH_BYTES = 12 * 1024 * 1024

const { errand, visit, close } = await openSite()
afterAll(close)

test(`${DISCONNECTS} broken lines, a server killed and a tab asleep: the timeline is that of the log, and the memory flat`, async () => {
  const runId = (await fired(errand, ['sleep 900', '--agent', 'shell', '--no-repo'])) as RunId
  const person = await visit()
  const { page } = person
  await rememberSockets(page)
  await page.goto(`/runs/${runId}`)
  await page.locator('.tl li').filter({ hasText: 'the script' }).waitFor()
  const devtools = await person.context.newCDPSession(page)
  let log = await openLog(errand)
  const random = seeded(20261125)
  let early = 0
  for (let n = 0; n < DISCONNECTS; n += 1) {
    await log.append(runId, batch(n))
    await breakLine(page, random)
    await lineBack(page)
    if (n === DISCONNECTS / 4) early = await usedHeap(devtools)
    if (n === DISCONNECTS / 2) {
      await log.close()
      await errand.kill()
      await errand.start()
      log = await openLog(errand)
    }
    if (n === DISCONNECTS * 0.75) await sleepWhile(devtools, () => log.append(runId, batch(DISCONNECTS + n)))
    // Now and then the page gets as far as it can before the next line breaks.
    if (n % 20 === 19) await caughtUp(page, (await log.read(runId)).length)
  }
  const events = await log.read(runId)
  expect(events.length).toBeGreaterThan(DISCONNECTS * PER_RECONNECT)
  await caughtUp(page, events.length)
  expect((await usedHeap(devtools)) - early).toBeLessThan(MAX_GROWTH_BYTES)
  expect(await socketsOpened(page)).toBeGreaterThanOrEqual(DISCONNECTS)
  await comparesWith(person, events)
  await log.close()
  await person.context.close()
})

/** The same log read in one go by a fresh page, and row for row what the fold makes of it here. */
async function comparesWith({ page }: Person, events: readonly RunEvent[]): Promise<void> {
  const expected = rowsOf(events)
    .toReversed()
    .map(({ seq, verb, target }) => `${seq} ${verb} ${target}`)
  const live = await shownRows(page)
  expect(live.length).toBe(expected.length)
  expect(live).toEqual(expected)
  await page.reload()
  await caughtUp(page, events.length)
  expect(await page.getByText(`${expected.length.toLocaleString('en-US')} steps`).count()).toBe(1)
}

/** Scrolls through the whole list and collects what is seen; a row that stood there twice would be found. */
async function shownRows(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<readonly (readonly [number, string])[]>(`(async () => {
    const seen = new Map()
    const twice = []
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    for (let top = 0; ; top += 500) {
      scrollTo(0, top)
      await frame()
      const here = new Set()
      for (const line of document.querySelectorAll('.tl > li')) {
        const seq = Number(line.dataset.seq)
        if (here.has(seq)) twice.push([seq, 'twice'])
        here.add(seq)
        seen.set(seq, [line.querySelector('.vb').textContent, line.querySelector('.tg').textContent].join(' '))
      }
      if (top > document.documentElement.scrollHeight) break
    }
    return [...seen, ...twice]
  })()`)
  return found.toSorted(([a], [b]) => b - a).map(([seq, words]) => `${seq} ${words}`)
}

/** A hundred things that happen to a run, of every kind that its parts may say. */
function batch(n: number): SystemEvent[] {
  return Array.from({ length: PER_RECONNECT }, (_, index): SystemEvent => {
    const id = n * PER_RECONNECT + index
    switch (id % 10) {
      case 0:
        return { type: 'git.accessed', repository: `acme/app-${id}`, operation: 'push', ok: id % 3 !== 0 }
      case 1:
        return { type: 'egress.blocked', host: `h${id % 500}.example`, port: 443, code: 'egress.host-denied' }
      case 2:
        return { type: 'note.sent', id: `nte${id}`, text: `Note ${id}`, when: 'next-turn', by: 'owner' }
      case 3:
        return { type: 'note.removed', id: `nte${id - 1}`, by: 'owner' }
      case 4:
        return { type: 'egress.allowed', host: `ok${id % 40}.example`, port: 443, command: `curl ${id}` }
      default:
        return {
          type: 'usage.metered',
          model: `model-${id % 3}`,
          inputTokens: 10,
          outputTokens: id % 100,
          cacheReadTokens: 5,
          cacheWriteTokens: 0,
          costUsd: 0.001,
          ms: 100,
        }
    }
  })
}

async function rememberSockets(page: Page): Promise<void> {
  await page.addInitScript(`
    window.sockets = []
    window.WebSocket = class extends WebSocket {
      constructor(...args) {
        super(...args)
        window.sockets.push(this)
      }
    }`)
}

const socketsOpened = (page: Page) => page.evaluate<number>('window.sockets.length')

/** Cuts the line at a moment that the dice choose: while it connects, with events on the way, or idle. */
async function breakLine(page: Page, random: () => number): Promise<void> {
  await page.evaluate(
    `new Promise((done) => setTimeout(() => { window.sockets.at(-1)?.close(); done() }, ${Math.floor(random() * 120)}))`,
  )
}

/** The page has begun to connect again; the next break may come before it has. */
async function lineBack(page: Page): Promise<void> {
  await until(() => page.evaluate<boolean>('window.sockets.at(-1)?.readyState <= WebSocket.OPEN'), {
    what: 'a new line',
    everyMs: 10,
  })
}

/** Frozen as a phone freezes a tab in a pocket: no timer, no frame, no message, while the run goes on. */
async function sleepWhile(devtools: CDPSession, work: () => Promise<void>): Promise<void> {
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  await work()
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
}

async function caughtUp(page: Page, seq: number): Promise<void> {
  await until(async () => Number(await page.locator('.timeline').first().getAttribute('data-seq')) >= seq, {
    deadlineMs: 60_000,
    what: `event ${seq} on the page`,
  })
}

async function usedHeap(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
