import { until } from '@errand/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { View } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  // Somebody who has been here before: the very first task has a page of its own.
  await errand.errand(['run', 'true', '--agent', 'shell', '--no-repo'])
})
afterAll(close)

const VIEWS: readonly View[] = ['desk', 'phone']

test.each(VIEWS)('on a %s: a sentence goes out, a verified change comes back', async (view) => {
  const person = await visit(view)
  const { page } = person
  const task = `Fix the failing test, seen from the ${view}`
  await page.goto('/')
  await page.getByRole('textbox', { name: 'What should be done?' }).fill(task)
  await page.getByRole('button', { name: /^Run( ⌘↵)?$/ }).click()
  await page.getByRole('link', { name: task }).click()
  await over(page)
  await holds(person, `main-job-${view}`)
  await page.getByRole('link', { name: /^Artifacts/ }).click()
  await page
    .getByText(/\.patch/)
    .first()
    .waitFor()
  await holds(person, `main-job-artifacts-${view}`)
  // It was looked at, so it needs no review any more.
  await page.goto('/')
  await page.getByRole('region', { name: /^Done/ }).getByRole('link', { name: task }).waitFor()
  await person.context.close()
})

test('the main job is done with the keyboard alone', async () => {
  const person = await visit()
  const { page } = person
  const { keyboard } = page
  const task = 'Fix the failing test by keyboard'
  await page.goto('/')
  await focused(page, 'textarea')
  await keyboard.type(task)
  await keyboard.press('Control+Enter')
  const row = page.getByRole('link', { name: task })
  await row.waitFor()
  await keyboard.press('Escape')
  await until(
    async () => {
      await keyboard.press('j')
      return (await page.locator('a:focus', { hasText: task }).count()) > 0
    },
    { what: 'the row of the task under the focus' },
  )
  await keyboard.press('Enter')
  await page.waitForURL(/\/runs\/run/)
  await over(page)
  await keyboard.press('d')
  await page.waitForURL(/changes/)
  await keyboard.press('a')
  await page.waitForURL(/artifacts/)
  await page
    .getByText(/\.patch/)
    .first()
    .waitFor()
  expect(await tabTo(page, /All, [0-9.]+ KiB/)).toBe(true)
  await holds(person, 'main-job-keyboard')
  await person.context.close()
})

/** The verdict stands where the run's state stood. */
async function over(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: 'Outcome' })
    .getByText('Verified', { exact: true })
    .waitFor({ timeout: 60_000 })
}

async function focused(page: Page, selector: string): Promise<void> {
  await page.locator(`${selector}:focus`).waitFor()
}

/** Whether Tab comes to something whose name or text says so, before it has been through the whole page. */
async function tabTo(page: Page, name: RegExp): Promise<boolean> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const said = await page.evaluate<string>(
      `(document.activeElement?.getAttribute('aria-label') ?? '') + ' ' + (document.activeElement?.textContent ?? '')`,
    )
    if (name.test(said)) return true
  }
  return false
}
