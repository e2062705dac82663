import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityProblems } from '../harness/browser.ts'
import { followed } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'

const { errand, visit, close } = await openSite()
let places: readonly string[] = []
beforeAll(async () => {
  const task = 'Make the failing test pass, and say in the report which rule of the calendar was wrong.'
  const { runId } = await followed(errand, [task])
  const tabs = ['changes', 'artifacts', 'usage', 'timeline', 'logs', 'network', 'audit']
  const lists = ['/', '/agents', '/agents/default', '/repositories?add', '/credentials?add', '/boundary', '/settings']
  places = [...lists, ...tabs.map((tab) => `/runs/${runId}?tab=${tab}`)]
})
afterAll(close)

/** A small phone, a middle one, a desk at 200 % zoom, a tablet on either side of the change of layout, a wide desk. */
const WIDTHS = [320, 360, 640, 860, 861, 1024, 1920]

test('from 320 pixels on, and so at 200 % zoom, no page is wider than its window', async () => {
  const { page, context, complaints } = await visit()
  for (const path of places) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    await expectToFit(page, path)
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('a chart that has not yet followed a turn of the device does not make the page wider', async () => {
  const { page, context } = await visit()
  await page.addInitScript('window.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} }')
  await page.setViewportSize({ width: 1920, height: 800 })
  await page.goto('/settings')
  await page.locator('canvas').waitFor()
  await expectToFit(page, '/settings')
  await context.close()
})

test('with more contrast, and in forced colours, every page can be read', async () => {
  const person = await visit()
  const { page, context } = person
  for (const path of places) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    await page.emulateMedia({ contrast: 'more' })
    expect(await accessibilityProblems(person, 'looks'), `${path}, more contrast`).toEqual([])
    await page.emulateMedia({ contrast: 'no-preference', forcedColors: 'active' })
    expect(await accessibilityProblems(person, 'looks'), `${path}, forced colours`).toEqual([])
    await page.emulateMedia({ forcedColors: 'none' })
  }
  await context.close()
})

async function expectToFit(page: Page, path: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(wide, `${path} at ${width}`).toBeLessThanOrEqual(width)
  }
}
