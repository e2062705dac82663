import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alive } from '../harness/browser.ts'
import { type OpenLog, openLog } from '../harness/openLog.ts'
import { holds, isSeenByAll, OWNER_PASSWORD } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

// What breaks while somebody works: each has words, and something to press.

const AGENT = `kind: Agent
name: hostasks
spec:
  runtime: script
  network: custom
  onBlockedHost: ask
`
const { errand, visit, close } = await openSite()
let log: OpenLog
beforeAll(async () => {
  log = await openLog(errand)
  await must(errand, ['apply', '--file', '-'], AGENT)
})
afterAll(async () => {
  await log.close()
  await close()
})

test('a question that nobody answered in time is gone, and its place says what came of it', async () => {
  const runId = (await fired(errand, [
    'curl -s -m 100 https://slow.example.org/v1; sleep 600',
    '--agent',
    'hostasks',
    '--no-repo',
  ])) as RunId
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto(`/runs/${runId}`)
  await page.getByRole('heading', { name: 'May it reach slow.example.org?' }).waitFor()
  const id = (await log.read(runId)).map(({ body }) => body).find((body) => body.type === 'host.asked')?.id ?? ''
  await log.append(runId, [{ type: 'question.expired', id }])
  await page.locator('.slip.ask').waitFor({ state: 'detached' })
  await page.getByText('nobody answered: no').first().waitFor()
  // They come a moment after the row that they are in, and move what is below.
  await page.getByRole('button', { name: 'Allow for this run' }).waitFor()
  await holds(person, 'run-expired')
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByText(/; the sandbox is gone$/).waitFor()
  await person.context.close()
})

test('a session that ends while somebody writes leads to the sign-in and back, with what was written', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/')
  await alive(person)
  await page.getByLabel('What should be done?').fill('Say hello to who signs in again')
  await log.sql('delete from auth_sessions', [])
  await page.waitForURL(/\/sign-in\?next=/)
  await isSeenByAll(person, 'sign-in-again')
  await page.getByLabel('Password').fill(OWNER_PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL('/')
  await expect.poll(() => page.getByLabel('What should be done?').inputValue()).toBe('Say hello to who signs in again')
  await person.context.close()
})

test('a page that the server cannot make says so in words and is made at the next try', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await log.sql('alter table users rename to users_gone', [])
  await page.goto('/sign-in')
  await page.getByRole('heading', { name: 'This page could not be shown' }).waitFor()
  await isSeenByAll(person, 'server-error')
  await log.sql('alter table users_gone rename to users', [])
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await person.context.close()
})

test('without the process that makes the pages there are words, and the page by itself once it is back', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  // The one child of the server that listens for pages.
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(errand.pid), '-f', 'next-server'])
  process.kill(Number(stdout.trim()), 'SIGKILL')
  const told = await until(async () => {
    const answer = await fetch(`${errand.url}/settings`, { redirect: 'manual' })
    return answer.status === 502 && answer
  })
  // As it was told, but looked at for longer than it takes to come back.
  const body = await told.text()
  await page.route(/\/settings$/, (route) => route.fulfill({ status: 502, headers: headersOf(told), body }))
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'The pages do not answer right now' }).waitFor()
  await isSeenByAll(person, 'no-pages')
  await page.unroute(/\/settings$/)
  await page.getByLabel('Password').waitFor()
  await person.context.close()
})

const headersOf = (answer: Response) => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': answer.headers.get('content-security-policy') ?? '',
})
