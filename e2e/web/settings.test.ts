import { type ScriptedModel, startScriptedModel } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'
import { must, SCRIPTED_AGENT } from '../harness/world.ts'

const KEY = 'sk-settings'
let model: ScriptedModel

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  model = await startScriptedModel({ apiKey: KEY })
})
afterAll(async () => {
  await model.close()
  await close()
})

test('before any call of a model nothing was spent, and it says so', async () => {
  const person = await visit('phone', 'light')
  await person.page.goto('/settings')
  await person.page.getByText('Nothing was used.').waitFor()
  await holds(person, 'settings-empty')
  await person.context.close()
})

test('what a run cost is in its day, as a chart and as a table', async () => {
  await must(errand, ['credentials', 'add', 'scripted', '--type', 'llm-compatible', '--base-url', model.url], KEY)
  await must(errand, ['apply', '--file', '-'], SCRIPTED_AGENT)
  await errand.errand(['run', '[[stub:text]] say something', '--agent', 'scripted', '--no-repo', '--follow'])
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto('/settings')
    await page.locator('.spend-chart canvas').waitFor()
    await page.getByText('As a table').click()
    expect(await page.locator('.settings-sec tbody tr').count()).toBe(1)
    expect(await page.locator('.settings-sec tbody tr').innerText()).toMatch(/\$\d+\.\d+/)
    await holds(person, 'settings')
    await page.getByRole('radio', { name: '90 days' }).check({ force: true })
    await page.locator('.spend-chart canvas').waitFor()
    await person.context.close()
  }
})

test('limits and retention are changed in place and hold for the next run', async () => {
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto('/settings')
  await page.getByLabel('Keep events for').fill('0')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByText('A whole number from 1 to').first().waitFor()
  await holds(person, 'settings-wrong')
  await page.getByLabel('Keep events for').fill('30')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByText('Saved').first().waitFor()
  await page.reload()
  expect(await page.getByLabel('Keep events for').inputValue()).toBe('30')
  await person.context.close()
})

test('on a phone the places that the bar has no room for are behind More', async () => {
  const person = await visit('phone', 'dark')
  const { page } = person
  await page.goto('/')
  await page.getByRole('link', { name: 'More' }).click()
  await page.waitForURL('/more')
  await holds(person, 'more')
  await page.getByRole('link', { name: 'Credentials' }).click()
  await page.waitForURL('/credentials')
  await person.context.close()
})
