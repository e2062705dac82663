import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ScriptedModel, startScriptedModel } from '@errand/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'

const KEY = 'sk-canary-0b7e55a1c9d24f38'
let model: ScriptedModel

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  model = await startScriptedModel({ apiKey: KEY })
})
afterAll(async () => {
  await model.close()
  await close()
})

test('before the first one the page says what works without any', async () => {
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    await person.page.goto('/credentials')
    await person.page.getByText('No credential yet.').waitFor()
    await holds(person, 'credentials-empty')
    await person.context.close()
  }
})

test('a key leaves the browser sealed: nothing that was sent and nothing that is stored holds it, and the gateway uses it', async () => {
  const person = await visit()
  const { page } = person
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''))
  await page.goto('/credentials?add')
  await page.getByText('Compatible model').click()
  await page.getByLabel('Name', { exact: true }).fill('scripted')
  await page.getByRole('textbox', { name: 'Address' }).fill(model.url)
  await holds(person, 'credentials-add')
  await page.getByLabel('Key', { exact: true }).fill(KEY)
  await page.getByRole('button', { name: 'Add and test' }).click()
  await row(page, 'scripted').getByText('It works: asked for a message').waitFor()
  await holds(person, 'credentials')
  expect(model.calls.length).toBeGreaterThan(0)
  const storing = sent.filter((text) => text.includes('v1.'))
  expect(storing).toHaveLength(1)
  expect(sent.filter((text) => text.includes(KEY))).toEqual([])
  expect(await page.content()).not.toContain(KEY)
  await person.context.close()
  // The data folder as a thief would find it: log, database files and their journal.
  expect(await filesWith(errand.folder, KEY)).toEqual([])
})

test('a value is replaced in place, and what the provider says to a wrong one is shown', async () => {
  const person = await visit('phone', 'light')
  const { page } = person
  await page.goto('/credentials')
  await page.getByRole('button', { name: 'More for scripted' }).click()
  await page.getByRole('menuitem', { name: 'Replace or change' }).click()
  await page.getByLabel('New key').fill('sk-wrong')
  await page.getByRole('button', { name: 'Save and test' }).click()
  await row(page, 'scripted').getByText('Refused: asked for a message').waitFor()
  await holds(person, 'credentials-refused')
  await page.reload()
  await row(page, 'scripted').getByText('Did not work').waitFor()
  await person.context.close()
})

test('what an address names is filled in, and what does not fit is said at its field', async () => {
  const person = await visit('phone', 'dark')
  const { page } = person
  await page.goto('/credentials?add=git&host=git.example')
  expect(await page.getByRole('textbox', { name: 'Host' }).inputValue()).toBe('git.example')
  await page.getByRole('textbox', { name: 'Host' }).fill('https://git.example/team')
  await page.getByLabel('Name', { exact: true }).fill('scripted')
  await page.getByRole('button', { name: 'Add and test' }).click()
  await page.getByText('Write only the host: git.example.').waitFor()
  await page.getByText('scripted is in use; choose another.').waitFor()
  await page.getByText('Paste it here.').waitFor()
  await holds(person, 'credentials-wrong')
  await person.context.close()
})

test('one that agents use is deleted only by its name; one that none uses by a press', async () => {
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto('/credentials')
  // The first model became that of the default agent.
  await row(page, 'scripted').getByRole('link', { name: 'default' }).waitFor()
  await page.getByRole('button', { name: 'More for scripted' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const remove = page.getByRole('button', { name: 'Delete scripted' })
  expect(await remove.isDisabled()).toBe(true)
  await holds(person, 'credentials-delete')
  await page.getByLabel('Type scripted to delete it').fill('scripted')
  await remove.click()
  await page.getByText('No credential yet.').waitFor()
  await person.context.close()
})

function row(page: Page, name: string) {
  return page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
}

async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      // A database removes files while it works.
      if (error.code !== 'ENOENT') throw error
      return Buffer.alloc(0)
    })
    if (bytes.includes(text)) found.push(path)
  }
  return found
}
