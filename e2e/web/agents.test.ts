import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { Installation } from '../harness/installation.ts'
import { claimed, holds, type Visit } from '../harness/owner.ts'
import { must } from '../harness/world.ts'

const FIXER = `# Ours.
kind: Agent
name: fixer
spec:
  runtime: claude-code
  description: Takes a bug or a small task, works on its own branch, proves it with the tests.
  systemPrompt: |
    Find the cause before you change anything. Make the smallest change that fixes it.
    Finish only when the whole suite passes.
  network: trusted
  budgetUsd: 1 # a dollar
  deadlineMinutes: 30
`

let errand: Installation
let browser: Browser
let visit: Visit

beforeAll(async () => {
  errand = await Installation.make({ ERRAND_PAGES: 'yes' })
  browser = await launchBrowser()
  await errand.start()
  visit = await claimed(errand, browser)
  await must(errand, ['apply', '--file', '-'], FIXER)
})
afterAll(async () => {
  await browser.close()
  await errand.remove()
})

test('every agent with what it runs, on both widths', async () => {
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    await person.page.goto('/agents')
    await person.page.getByRole('link', { name: 'fixer' }).waitFor()
    await holds(person, 'agents')
    await person.context.close()
  }
})

test('a change is a draft that survives a reload and is on every device; saving makes the next version', async () => {
  const desk = await visit('desk', 'light')
  const { page } = desk
  await page.goto('/agents/fixer')
  await page.getByLabel('Stops at').fill('2')
  await page.getByLabel('Works by').selectOption('Ask for risky')
  await page.getByRole('radio', { name: /^Custom/ }).check()
  await page.getByLabel('Hosts of its own').fill('api.example')
  await page.getByText('Kept, on every device.').waitFor()
  await holds(desk, 'agent')
  const changed = page.locator('.chg')
  expect(await changed.innerText()).toContain('$2.00')
  expect(await changed.locator('del').allInnerTexts()).toContain('was\n$1.00')

  const phone = await visit('phone', 'dark')
  await phone.page.goto('/agents/fixer')
  await phone.page.getByText('Draft of v2').waitFor()
  expect(await phone.page.getByLabel('Stops at').inputValue()).toBe('$2.00')
  await phone.page.getByText('What v2 can do').first().click()
  await phone.page.getByText('before a command that does more than read').first().waitFor()
  await holds(phone, 'agent')
  await phone.context.close()

  await page.reload()
  expect(await page.getByLabel('Stops at').inputValue()).toBe('$2.00')
  await page.getByLabel('Why', { exact: true }).fill('A dollar was too little.')
  await page.getByRole('button', { name: 'Save as v2' }).click()
  await page.getByText('Saved fixer as v2').waitFor()
  await page.getByRole('link', { name: 'v2, in use' }).click()
  await page.locator('.spec-list').getByText('api.example').waitFor()
  await holds(desk, 'agent-in-use')
  // The words of the document that were not changed are its author's still.
  const exported = await must(errand, ['export', '--kind', 'Agent', '--name', 'fixer'])
  expect(exported).toContain('# Ours.')
  expect(exported).toContain('budgetUsd: 2 # a dollar')
  await desk.context.close()
})

test('what does not fit is said at its field and not saved; two versions compare; one is restored', async () => {
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto('/agents/fixer')
  await page.getByLabel('Memory').fill('much')
  await page.getByText('128 MiB or more').waitFor()
  expect(await page.getByRole('button', { name: 'Save as v3' }).isDisabled()).toBe(true)
  await holds(person, 'agent-wrong')
  await page.goto('/agents/fixer?tab=versions')
  await page.getByText('A dollar was too little.').waitFor()
  expect(await page.locator('.compare .chg').innerText()).toContain('$1.00')
  await holds(person, 'agent-versions')
  await page.getByRole('button', { name: 'Restore v1 as the draft' }).click()
  expect(await page.getByLabel('Stops at').inputValue()).toBe('$1.00')
  await page.getByText('Kept, on every device.').waitFor()
  const dropped = page.waitForResponse(/agents\.dropDraft/)
  await page.getByRole('button', { name: 'Discard the changes' }).click()
  await dropped
  await page.getByText('Nothing yet.').waitFor()
  await person.context.close()
})

test('the document can be written by hand; an error names its line', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/agents/fixer?tab=yaml')
  const text = page.getByLabel('fixer, as a document')
  const written = await text.inputValue()
  expect(written).toBe(await must(errand, ['export', '--kind', 'Agent', '--name', 'fixer']))
  await text.fill(written.replace('network:', 'netwrok:'))
  await page.getByRole('button', { name: 'Save this text as v3' }).click()
  await page.getByText(/line \d+: spec.netwrok is not a field \(did you mean network\?\)/).waitFor()
  // A refused request is a line in the console of the browser itself.
  person.complaints.length = 0
  await holds(person, 'agent-yaml-wrong')
  await text.fill(`${written}  cpus: 3 # cores\n`)
  await page.getByRole('button', { name: 'Save this text as v3' }).click()
  await page.getByText('Saved fixer as v3').waitFor()
  expect(await must(errand, ['export', '--kind', 'Agent', '--name', 'fixer'])).toContain('cpus: 3 # cores')
  await person.context.close()
})

test('a new agent is a draft first; its draft can be tried, and the run says so', async () => {
  const person = await visit('phone', 'light')
  const { page } = person
  await page.goto('/agents?new&from=shell')
  expect(await page.getByLabel('Name').inputValue()).toBe('shell-2')
  await page.getByLabel('Name').fill('greeter')
  await holds(person, 'agents-new')
  await page.getByRole('button', { name: 'Start the draft' }).click()
  await page.waitForURL('/agents/greeter')
  await page.getByLabel('Script').fill('echo hello > out.txt')
  await page.getByRole('button', { name: 'Try the draft' }).last().click()
  await page.getByLabel('Task for the draft').fill('Greet somebody')
  await page.getByRole('button', { name: 'Run the draft' }).click()
  await page.waitForURL(/\/runs\/run/)
  const runs = await must(errand, ['runs', '--json'])
  expect(runs).toContain('draft of greeter')
  await page.goto('/agents')
  await page.getByText('Draft, not saved').waitFor()
  await page.goto('/agents/greeter')
  await page.getByRole('button', { name: 'Save as v1' }).last().click()
  await page.getByText('Saved greeter as v1').waitFor()
  await person.context.close()
})

test('one that is switched off says so and takes no task; deleting asks for its name; what came with Errand stays', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/agents/greeter')
  await page.getByRole('button', { name: 'More for greeter' }).click()
  await page.getByRole('menuitem', { name: 'Switch off' }).click()
  await page.getByText('It takes no new tasks').waitFor()
  const refused = await errand.errand(['run', 'x', '--agent', 'greeter'])
  expect(refused.stderr).toContain('switched it off')
  await holds(person, 'agent-off')
  await page.getByRole('button', { name: 'More for greeter' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByLabel('Type greeter to delete it').fill('greeter')
  await page.getByRole('button', { name: 'Delete greeter' }).click()
  await page.waitForURL('/agents')
  await page.getByRole('link', { name: 'fixer' }).waitFor()
  expect(await page.getByRole('link', { name: 'greeter' }).count()).toBe(0)
  await page.goto('/agents/demo')
  await page.getByRole('button', { name: 'More for demo' }).click()
  await page.getByText('It came with Errand and would come back.').waitFor()
  await person.context.close()
})
