import { afterAll, expect, test } from 'vitest'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'

const { errand, visit, close } = await openSite()
afterAll(close)

test('the wall is tested from inside a sandbox, told line by line, and remembered', async () => {
  const desk = await visit('desk', 'light')
  const { page } = desk
  await page.goto('/boundary')
  await page.getByText('Not tested yet.').waitFor()
  await page.getByRole('navigation', { name: 'Main', exact: true }).getByText('Wall not tested').waitFor()
  await holds(desk, 'boundary-before')
  await page.getByRole('button', { name: 'Test now' }).first().click()
  await page.getByText('The wall held.').waitFor({ timeout: 60_000 })
  await page.getByText('No secret in sight').waitFor()
  await page.getByText('No way to any network').waitFor()
  await holds(desk, 'boundary')
  await page.goto('/settings')
  await page.getByText(/Wall held, \d\d:\d\d/).waitFor()
  await desk.context.close()

  const phone = await visit('phone', 'dark')
  await phone.page.goto('/boundary')
  await phone.page.getByText('The wall held.').waitFor()
  await holds(phone, 'boundary')
  await phone.context.close()
})

test('what the page shows is what the command line says', async () => {
  const person = await visit()
  await person.page.goto('/boundary')
  const { stdout } = await errand.errand(['doctor'])
  const names = await person.page.locator('.probe b').allInnerTexts()
  expect(names.length).toBeGreaterThan(10)
  // Ports differ from one test to the next.
  const stable = names.filter((name) => !/\d/.test(name))
  for (const name of stable) expect(stdout).toContain(name)
  await person.context.close()
})

test('a test that is sent by no browser of ours is refused', async () => {
  const answer = await fetch(`${errand.url}/trpc/system.doctor`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
  })
  expect([401, 403]).toContain(answer.status)
})
