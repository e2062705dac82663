import { afterAll, expect, test } from 'vitest'
import { withoutScripts } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'

const { visit, close } = await openSite()
afterAll(close)

test('nothing is set up, and one press shows a test turn from red to green on every device', async () => {
  const [desk, phone] = await Promise.all([visit('desk', 'light'), visit('phone', 'dark')])
  await Promise.all([desk.page.goto('/'), phone.page.goto('/')])
  await desk.page.getByText('a fixed script, not a language model').waitFor()
  await holds(desk, 'first-run')
  await holds(phone, 'first-run')

  await desk.page.getByRole('button', { name: 'Try it' }).click()
  await desk.page.getByText('A test is red').waitFor()
  await desk.page.getByText('Checked again, outside the agent: green').waitFor()
  await desk.page.getByRole('link', { name: 'See what came back' }).waitFor()
  expect(await desk.page.getByRole('button', { name: 'Try it' }).count()).toBe(0)
  await holds(desk, 'first-run-green')

  // The phone was never touched.
  await phone.page.getByRole('link', { name: 'See what came back' }).waitFor()
  await holds(phone, 'first-run-green')
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('afterwards the next steps stay, until somebody writes a task of their own: on a slow line too, where the press comes before the scripts', async () => {
  const { page, context } = await visit('desk', 'dark')
  const letScriptsCome = await withoutScripts(page)
  await page.goto('/', { waitUntil: 'commit' })
  await page.getByRole('link', { name: 'Add a key' }).waitFor()
  await page.getByRole('button', { name: 'Write a task of your own' }).click()
  expect(await page.getByLabel('What should be done?').count()).toBe(0)
  letScriptsCome()
  await page.getByLabel('What should be done?').waitFor()
  await page.getByRole('heading', { name: 'Ready for review' }).waitFor()
  await context.close()
})

test('a link that fills in a task leads past it', async () => {
  const { page, context } = await visit('phone', 'light')
  await page.goto('/?prompt=Mend+the+dates&budget=2')
  expect(await page.getByLabel('What should be done?').inputValue()).toBe('Mend the dates')
  await context.close()
})
