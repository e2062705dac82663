import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { alive, withoutScripts } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  await must(errand, ['run', 'echo "mend the calendar"', '--agent', 'shell'])
})
afterAll(close)

test('it finds runs, agents, places and actions, and does them from the keyboard alone', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await alive(person)
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Find or do' })
  await field.waitFor()
  await page.getByRole('option', { name: /calendar/ }).waitFor()
  await holds(person, 'palette')

  // Typed, not filled in: whoever opened it has the keys in it.
  await page.keyboard.type('calendar')
  await page.getByRole('option', { name: 'Run: calendar' }).waitFor()
  await page.getByRole('option', { name: /mend the calendar/ }).waitFor()
  await holds(person, 'palette-found')

  await field.fill('boundary')
  await page.getByRole('option', { name: /^Boundary/, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('/boundary')
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: 'Test the wall now' }).waitFor()
  await field.fill('dark theme')
  await page.getByRole('option', { name: 'Dark theme', selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('html[data-theme=dark]').waitFor()
  await page.keyboard.press('Control+k')
  await field.fill('shell')
  await page.getByRole('option', { name: /^shell/ }).click()
  await page.waitForURL('/agents/shell')
  await person.context.close()
})

test('what is typed becomes a task, filled in and not yet sent', async () => {
  const person = await visit('phone', 'dark')
  const { page } = person
  await page.goto('/agents')
  await alive(person)
  await page.getByRole('button', { name: 'Find or do' }).click()
  await page.getByRole('combobox', { name: 'Find or do' }).fill('Write a haiku about walls')
  await holds(person, 'palette-task')
  await page.getByRole('option', { name: /^Run:/ }).click()
  await page.waitForURL(/\/(\?.*)?$/)
  await page.getByText('Write a haiku about walls').first().waitFor()
  await person.context.close()
})

test('the list of keys opens with ?, and single keys can be switched off', async () => {
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await alive(person)
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await holds(person, 'keyboard')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.waitForURL('/credentials')
  await page.evaluate(`localStorage.setItem('errand-single-keys', 'off')`)
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(0)
  await person.context.close()
})

test('a key that is pressed before the scripts have come is heard when they have', async () => {
  const { page, context } = await visit()
  const letScriptsCome = await withoutScripts(page)
  await page.goto('/settings', { waitUntil: 'commit' })
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(0)
  letScriptsCome()
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await context.close()
})

test('the live line opens for a page of ours with a session, and for nobody else', async () => {
  const person = await visit()
  const [cookie] = await person.context.cookies()
  const session = `${cookie?.name}=${cookie?.value}`
  const address = `ws://localhost:${errand.port}/trpc`
  const opens = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(address, { headers })
      const end = (said: string) => {
        socket.terminate()
        resolve(said)
      }
      socket.on('unexpected-response', (_request, response) => end(`refused ${response.statusCode}`))
      socket.on('error', (error) => end(error.message))
      socket.on('message', (data: Buffer) => end(data.toString()))
      socket.on('open', () =>
        socket.send(JSON.stringify({ id: 1, method: 'query', params: { path: 'account.me', input: undefined } })),
      )
    })
  const origin = `http://localhost:${errand.port}`
  expect(await opens({ origin, cookie: session })).toContain('"isSignedIn":true')
  expect(await opens({ origin: 'https://evil.example', cookie: session })).toContain('refused 403')
  expect(await opens({ origin })).toContain('auth.missing')
  await person.context.close()
})
