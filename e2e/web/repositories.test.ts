import { type GitServer, startGitServer, until } from '@errand/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

const TOKEN = 'canary-repos-5e4d3c'
let host: GitServer

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  host = await startGitServer({ password: TOKEN })
  await host.create('acme/app.git', [{ 'README.md': 'Hello\n' }])
})
afterAll(async () => {
  await host.close()
  await close()
})

/** The browser writes down that a request was refused; here that was the point. */
function forgive({ complaints }: Person): void {
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes('/trpc/repositories.branches')))
}

const row = (page: Page, name: string) =>
  page.locator('tbody tr').filter({ has: page.getByRole('link', { name, exact: true }) })

test('a remote repository is tried before it is added, and says which credential it lacks', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/repositories?add')
  await page.getByLabel('Address').fill('git@git.example:acme/app.git')
  await page.getByRole('button', { name: 'Add repository' }).click()
  await page.getByText('Use its https:// address').waitFor()
  await holds(person, 'repositories-add-wrong')
  await page.getByLabel('Address').fill(`${host.url}/acme/app.git`)
  await page.getByRole('button', { name: 'Check it now' }).click()
  await page.getByText('it is used only for a private host').waitFor()
  forgive(person)
  await holds(person, 'repositories-add-refused')
  await must(errand, ['credentials', 'add', 'forge', '--type', 'git', '--host', host.host, '--private'], TOKEN)
  await page.getByRole('button', { name: 'Check it now' }).click()
  await page.getByText('main is its default, 1 branch').waitFor()
  await page.getByRole('button', { name: 'Add repository' }).click()
  await row(page, 'acme/app').getByText('Reached').waitFor()
  await page.reload()
  await row(page, 'acme/app').getByText('forge', { exact: true }).waitFor()
  expect(await page.content()).not.toContain(TOKEN)
  await person.context.close()
})

test('a host that is gone is said to be, with the reason', async () => {
  const person = await visit('phone', 'dark')
  const { page } = person
  await page.goto('/repositories')
  host.answerWith({ status: 503, text: 'Down for an hour' })
  await row(page, 'acme/app').getByRole('button', { name: 'Check now' }).click()
  await page.getByText('Down for an hour').waitFor()
  forgive(person)
  await holds(person, 'repositories-unreached')
  host.answerWith(null)
  await row(page, 'acme/app').getByRole('button', { name: 'Check now' }).click()
  await row(page, 'acme/app').getByText('Reached').waitFor()
  await person.context.close()
})

test('one that is kept here is made, cloned with a token, and deleted by its name', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/repositories')
  await page.getByRole('button', { name: 'Add a repository' }).click()
  await page.getByRole('form', { name: 'New repository' }).getByText('Kept here').click()
  await page.getByLabel('Name').fill('notes')
  await page.getByRole('button', { name: 'Make repository' }).click()
  await page.getByText('It is empty.').waitFor()
  await page.getByText(/^git push http:\S+\/git\/local\/notes\.git HEAD:main$/).waitFor()
  await page.getByRole('button', { name: 'Make a token for git' }).click()
  await page.getByText('is shown this once').waitFor()
  await holds(person, 'repositories-new')
  await page.getByRole('button', { name: 'More for notes' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const remove = page.getByRole('button', { name: 'Delete notes' })
  expect(await remove.isDisabled()).toBe(true)
  await page.getByLabel('Type notes to delete it').fill('notes')
  await holds(person, 'repositories-delete')
  await remove.click()
  await until(async () => (await row(page, 'notes').count()) === 0)
  await page.getByRole('button', { name: 'More for acme/app' }).click()
  await page.getByRole('menuitem', { name: 'Forget' }).click()
  await page.getByText(`Nothing changes on ${host.host}.`).waitFor()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await person.context.close()
})

test.each([
  ['desk', 'light'],
  ['desk', 'dark'],
  ['phone', 'light'],
] as const)('the list is whole on a %s, %s, and leads to the runs of each', async (view, scheme) => {
  const person = await visit(view, scheme)
  const { page } = person
  await page.goto('/repositories')
  await row(page, 'demo').getByText('main', { exact: true }).waitFor()
  await holds(person, 'repositories')
  await page.getByRole('link', { name: 'demo', exact: true }).click()
  await page.waitForURL(/\/\?in=local%2Fdemo/)
  await person.context.close()
})
