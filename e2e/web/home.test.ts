import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { alive, type Person, withoutScripts } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

const { errand, visit, close } = await openSite()
afterAll(close)

const BOTH = [
  ['desk', 'light'],
  ['phone', 'dark'],
] as const

/** A shell agent's tasks end as they say, and at once. */
const task = (text: string) => fired(errand, [text, '--agent', 'shell', '--no-repo'])
const box = (page: Page) => page.getByLabel('What should be done?')
const row = (page: Page, title: string) => page.locator('.row', { hasText: title })
const group = (page: Page, name: string) => page.getByRole('region', { name })

test('open, type, send, by keyboard alone: the row is there, the box is empty, and the run ends without a reload', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/?new')
  await page.waitForURL('/')
  await page.keyboard.type('Fix the failing test')
  await page.keyboard.press('Control+Enter')
  await row(page, 'Fix the failing test').waitFor()
  expect(await box(page).inputValue()).toBe('')
  await group(page, 'Ready for review').getByText('Verified.').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\/run/)
  await person.context.close()
})

test('every state of a row can be read by everybody, at both widths', async () => {
  await task('exit 3')
  await task('echo done')
  const slow = await task('sleep 300')
  for (const [view, scheme] of BOTH) {
    const person = await visit(view, scheme)
    await person.page.goto('/')
    await row(person.page, 'exit 3').getByText('Failed.').waitFor()
    await row(person.page, 'echo done').getByText('Finished, not checked.').waitFor()
    await row(person.page, 'sleep 300').getByText('Running the script').waitFor()
    await holds(person, 'home')
    await person.context.close()
  }
  await errand.errand(['cancel', slow])
})

test('what is missing is said before anything is sent, and one press mends it; what was refused comes back', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/?prompt=echo+hello&agent=shell&repos=app&minutes=2')
  await page.getByText('There is no such repository here.').waitFor()
  await holds(person, 'home-missing')
  await page.getByRole('button', { name: 'Run', exact: false }).first().click()
  await page.getByRole('alert').getByText('There is no such repository here.').waitFor()
  expect(await box(page).inputValue()).toBe('echo hello')
  await page.getByRole('button', { name: 'Add local/app' }).click()
  await page.getByText('Ready: a sandbox is free').waitFor()
  await page.getByRole('button', { name: /^local\/app ?, repositories$/ }).click()
  await page.getByRole('button', { name: 'No repository' }).click()
  await page.keyboard.press('Escape')
  await box(page).press('Control+Enter')
  await group(page, 'Ready for review').getByText('echo hello').waitFor()
  await person.context.close()
})

test('what is written is there again after a reload and on another device, and its choices stay after it was sent', async () => {
  const desk = await visit()
  await desk.page.goto('/')
  await box(desk.page).fill('Half a thought')
  await chooseAgent(desk, 'shell')
  const saved = desk.page.waitForResponse((answer) => answer.url().includes('drafts.save'))
  await saved
  const phone = await visit('phone', 'light')
  await phone.page.goto('/')
  expect(await box(phone.page).inputValue()).toBe('Half a thought')
  await box(phone.page).fill('')
  await phone.context.close()

  await box(desk.page).fill('echo chosen')
  await box(desk.page).press('Control+Enter')
  await row(desk.page, 'echo chosen').waitFor()
  await desk.page.reload()
  await desk.page.getByRole('button', { name: /^shell ?v1 ?, agent$/ }).waitFor()
  await desk.context.close()
})

async function chooseAgent({ page }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name: /, agent$/ }).click()
  await page.getByRole('combobox', { name: 'Agent' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: new RegExp(`^${name}.*, agent$`) }).waitFor()
}

test('files go along: by the button and by drop, each under a name of its own', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/?prompt=cat+inputs/notes.md&agent=shell&repos=')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  await (
    await chooser
  ).setFiles([
    { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('hello') },
    { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('again') },
  ])
  await page.getByRole('button', { name: 'Remove notes-2.md' }).waitFor()
  await holds(person, 'home-files')
  await box(page).press('Control+Enter')
  await row(page, 'cat inputs/notes.md').waitFor()
  await person.context.close()
})

test('several at once: kept without starting, sent twice to compare, selected by key, archived, and all of it undone', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/?prompt=echo+later&agent=shell&repos=')
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Save without starting' }).click()
  await page.getByText(/^\d+ drafts? kept$/).click()
  await holds(person, 'home-kept')
  await page.getByRole('button', { name: 'Take up echo later' }).click()
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Run 2 times' }).click()
  const review = group(page, 'Ready for review')
  await review.getByText('attempt 2 of 2').waitFor()
  await box(page).press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByRole('toolbar', { name: 'Selected runs' }).waitFor()
  await holds(person, 'home-selected')
  const before = await page.locator('.row').count()
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByText('Archived 2 runs').waitFor()
  expect(await page.locator('.row').count()).toBe(before - 2)
  await page.keyboard.press('u')
  await review.getByText('attempt 2 of 2').waitFor()
  await page.reload()
  await review.getByText('attempt 2 of 2').waitFor()
  await person.context.close()
})

const ASKER = `kind: Agent
name: asker
spec:
  runtime: script
  network: custom
  onBlockedHost: ask
`

test('a host that nobody allowed is answered in the row, and the run goes on', async () => {
  await must(errand, ['apply', '--file', '-'], ASKER)
  await fired(errand, ['curl -sS https://telemetry.example.org/v1 || echo kept out', '--agent', 'asker', '--no-repo'])
  const [desk, phone] = [await visit('desk', 'dark'), await visit('phone', 'light')]
  await Promise.all([desk.page.goto('/'), phone.page.goto('/')])
  const needs = group(desk.page, 'Needs you')
  await needs.getByText('Blocked host').waitFor()
  await holds(desk, 'home-needs-you')
  await group(phone.page, 'Needs you').getByRole('button', { name: 'Allow for this run' }).waitFor()
  await holds(phone, 'home-needs-you')
  await desk.page.keyboard.press('Escape')
  await desk.page.keyboard.press('n')
  await desk.page.keyboard.press('Tab')
  await desk.page.keyboard.press('Enter')
  await group(phone.page, 'Ready for review').getByText('kept out').waitFor()
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('a finger selects by a long press and archives by a swipe', async () => {
  await task('echo swiped')
  const person = await visit('phone', 'light')
  const { page } = person
  await page.goto('/')
  // Before that the rows are a picture of themselves, which is put aside for them.
  await alive(person)
  await group(page, 'Ready for review').getByText('echo swiped').waitFor()
  await row(page, 'echo swiped').scrollIntoViewIfNeeded()
  await swipeLeft(person, 'echo swiped')
  await page.getByText('Archived 1 run').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await group(page, 'Ready for review').getByText('echo swiped').waitFor()
  await longPress(person, 'echo swiped')
  await page.getByText('1 run selected').waitFor()
  await holds(person, 'home-selected')
  expect(page.url()).toMatch(/\/$/)
  await person.context.close()
})

async function touch({ context, page }: Person, title: string, steps: readonly { dx: number; waitFor?: string }[]) {
  const spot = await row(page, title).boundingBox()
  if (spot === null) throw new Error(`${title} is not to be seen`)
  const devtools = await context.newCDPSession(page)
  const [x, y] = [spot.x + spot.width * 0.8, spot.y + spot.height / 2]
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
  for (const { dx, waitFor } of steps) {
    if (dx !== 0)
      await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + dx, y }] })
    if (waitFor !== undefined) await page.getByText(waitFor).waitFor()
  }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

const swipeLeft = (person: Person, title: string) =>
  touch(person, title, [{ dx: -30 }, { dx: -60 }, { dx: -110 }, { dx: -140 }])
const longPress = (person: Person, title: string) => touch(person, title, [{ dx: 0, waitFor: '1 run selected' }])

test('runs are found by words and state; the address holds it, and it can be kept', async () => {
  for (const [view, scheme] of BOTH) {
    const person = await visit(view, scheme)
    const { page } = person
    // The page takes `new` out of its address once it is alive.
    await page.goto('/?new')
    await page.waitForURL('/')
    await alive(person)
    await page.getByLabel('Search runs').fill('exit 3')
    await page.waitForURL(/q=exit/)
    await page.getByRole('region', { name: 'All runs: “exit 3”' }).waitFor()
    await row(page, 'exit 3').waitFor()
    expect(await row(page, 'echo').count()).toBe(0)
    await page.getByRole('button', { name: 'Saved' }).click()
    await page.getByRole('menuitem', { name: 'Save this filter' }).click()
    await holds(person, 'home-found')
    await page.goBack()
    await group(page, 'Ready for review').waitFor()
    await page.getByRole('button', { name: 'Saved' }).click()
    await page.getByRole('menuitem', { name: 'All runs: “exit 3”' }).click()
    await page.getByRole('region', { name: 'All runs: “exit 3”' }).waitFor()
    await page.getByLabel('Search runs').fill('no run is called so')
    await page.getByText('No run fits.').waitFor()
    await person.context.close()
  }
})

test('a task that is sent while the device is offline waits, says so, and becomes one run', async () => {
  const person = await visit('phone', 'dark')
  const { page, context } = person
  await page.goto('/?prompt=echo+from+a+tunnel&agent=shell&repos=')
  // The page takes the link out of its address once it is alive.
  await page.waitForURL('/')
  await page.getByText('Ready: a sandbox is free').waitFor()
  await context.setOffline(true)
  await page.getByText('This device is offline').waitFor()
  await page.locator('.send').click()
  await row(page, 'echo from a tunnel').getByText('On its way').waitFor()
  await page.getByText(/\d actions? will be sent then/).waitFor()
  await context.setOffline(false)
  await group(page, 'Ready for review').getByText('echo from a tunnel').waitFor()
  await page.reload()
  expect(await row(page, 'echo from a tunnel').count()).toBe(1)
  await context.close()
})

test('a part that is asked for while the device is offline comes with the line, and the page stands', async () => {
  const person = await visit()
  const { page, context } = person
  await page.goto('/?new')
  await page.waitForURL('/')
  await alive(person)
  await context.setOffline(true)
  await page.getByText('This device is offline').waitFor()
  const asked = page.waitForEvent('requestfailed', (request) => request.url().includes('/_next/static/chunks/'))
  await page.keyboard.press('Control+k')
  await asked
  await page.getByRole('heading', { name: 'Runs' }).first().waitFor()
  await context.setOffline(false)
  await page.getByRole('dialog').getByRole('combobox').waitFor()
  await person.context.close()
})

test('all of it marked as seen at once, and back', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/')
  await page.getByRole('button', { name: 'Mark all as seen' }).click()
  await page.getByText(/^Marked \d+ runs as seen/).waitFor()
  await group(page, 'Ready for review').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await group(page, 'Ready for review').waitFor()
  await person.context.close()
})

test('what is typed and sent before the page is alive is a task all the same', async () => {
  const { page, context } = await visit()
  const letScriptsCome = await withoutScripts(page)
  await page.goto('/?new', { waitUntil: 'commit' })
  await box(page).fill('Typed on a slow line')
  await page.getByRole('button', { name: /^Run/ }).click()
  letScriptsCome()
  await row(page, 'Typed on a slow line').waitFor()
  await context.close()
})

test('what is looked for before the page is alive is found all the same', async () => {
  const { page, context } = await visit()
  const letScriptsCome = await withoutScripts(page)
  await page.goto('/', { waitUntil: 'commit' })
  await page.getByLabel('Search runs').fill('exit 3')
  letScriptsCome()
  await page.getByRole('region', { name: 'All runs: “exit 3”' }).waitFor()
  await row(page, 'exit 3').waitFor()
  await context.close()
})
