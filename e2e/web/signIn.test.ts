import type { Browser } from 'playwright-core'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alive, addAuthenticator, launchBrowser, openPerson, type Person } from '../harness/browser.ts'
import { Installation } from '../harness/installation.ts'
import { isSeenByAll } from '../harness/owner.ts'

let errand: Installation
let browser: Browser

beforeAll(async () => {
  errand = await Installation.make({ ERRAND_PAGES: 'yes' })
  browser = await launchBrowser()
  await errand.start()
})
afterAll(async () => {
  await browser.close()
  await errand.remove()
})

const PASSWORD = 'three unrelated words'

/** As `npm start` printed it. */
async function printedLink(): Promise<string> {
  return until(() => /http:\S+\/claim#\S+/.exec(errand.printed)?.[0])
}

function visit(view: 'desk' | 'phone', scheme: 'light' | 'dark'): Promise<Person> {
  return openPerson(browser, { view, scheme, baseURL: `http://localhost:${errand.port}` })
}

test('the printed link makes the first one who opens it the owner, and is dead afterwards', async () => {
  const link = await printedLink()
  const phone = await visit('phone', 'dark')
  await phone.page.goto(link)
  await phone.page.getByRole('heading', { name: 'Make this Errand yours' }).waitFor()
  await isSeenByAll(phone, 'claim')

  const owner = await visit('desk', 'light')
  await owner.page.goto(link)
  await owner.page.getByLabel('Or set a password').fill('short')
  await owner.page.getByRole('button', { name: 'Set password' }).click()
  await owner.page.getByText('10 characters or more; three').waitFor()
  await isSeenByAll(owner, 'claim-refused')
  await owner.page.getByLabel('Or set a password').fill(PASSWORD)
  await owner.page.getByRole('button', { name: 'Set password' }).click()
  await owner.page.waitForURL('/')
  expect(owner.complaints).toEqual([])

  await phone.page.reload()
  await phone.page.getByText('This link was used already').waitFor()
  await isSeenByAll(phone, 'claim-dead')
  await owner.context.close()
  await phone.context.close()
})

test('who is not signed in is sent to sign in, and to where they wanted to go', async () => {
  const person = await visit('desk', 'dark')
  await person.page.goto('/settings')
  await person.page.waitForURL('/sign-in?next=%2Fsettings')
  await isSeenByAll(person, 'sign-in')
  await person.page.getByLabel('Password').fill('not the right one')
  await person.page.getByRole('button', { name: 'Sign in' }).click()
  await person.page.getByText('The password is not right.').waitFor()
  await isSeenByAll(person, 'sign-in-wrong')
  await person.page.getByLabel('Password').fill(PASSWORD)
  await person.page.keyboard.press('Enter')
  await person.page.waitForURL('/settings')
  await person.page.getByRole('heading', { name: 'Settings' }).waitFor()
  await person.context.close()
})

test('a passkey that was added in the settings signs in', async () => {
  const person = await visit('desk', 'light')
  await addAuthenticator(person)
  await signIn(person, '/settings')
  await person.page.getByRole('button', { name: 'Add a passkey' }).click()
  // The browser itself has that name too, in the list of who is signed in.
  await person.page
    .locator('section', { has: person.page.locator('#passkeys') })
    .getByText('Chrome on Linux', { exact: true })
    .waitFor()
  await person.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await person.page.waitForURL(/\/sign-in/)
  await isSeenByAll(person, 'sign-in-passkey')
  await person.page.getByRole('button', { name: 'Use a passkey' }).click()
  await person.page.waitForURL(/\/(settings)?$/)
  await person.context.close()
})

test('a session that is ended elsewhere opens nothing any more', async () => {
  const [here, elsewhere] = [await visit('desk', 'light'), await visit('phone', 'light')]
  await signIn(elsewhere, '/')
  await signIn(here, '/settings')
  await here.page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await here.page.getByText('No other browser is signed in.').waitFor()
  await elsewhere.page.reload()
  await elsewhere.page.waitForURL(/\/sign-in/)
  await here.page.reload()
  await here.page.getByRole('heading', { name: 'Settings' }).waitFor()
  await Promise.all([here.context.close(), elsewhere.context.close()])
})

test('who is locked out gets a new link on the machine, which ends every other session', async () => {
  const before = await visit('desk', 'light')
  await signIn(before, '/')
  const { stdout, code } = await errand.errand(['claim-link'])
  expect(code).toBe(0)
  const owner = await visit('desk', 'light')
  await owner.page.goto(stdout.trim())
  await owner.page.getByRole('heading', { name: 'Sign in anew' }).waitFor()
  await owner.page.getByLabel('Or set a password').fill('another three words')
  await owner.page.getByRole('button', { name: 'Set password' }).click()
  await owner.page.waitForURL('/')
  await before.page.reload()
  await before.page.waitForURL(/\/sign-in/)
  await Promise.all([before.context.close(), owner.context.close()])
})

async function signIn(person: Person, path: string): Promise<void> {
  const { page } = person
  await page.goto(path)
  await page.getByLabel('password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL(path)
  await alive(person)
}
