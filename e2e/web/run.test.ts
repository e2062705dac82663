import { until } from '@errand/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must, startWorld } from '../harness/world.ts'

const AGENTS = `kind: Agent
name: asking
spec:
  runtime: claude-code
  credential: scripted
  model: claude-sonnet-5-5
  network: custom
  autonomy: ask
---
kind: Agent
name: hostasks
spec:
  runtime: script
  network: custom
  onBlockedHost: ask
`

const world = await startWorld({ ERRAND_PAGES: 'yes' })
const { visit, close } = await openSite({ errand: world.errand })
beforeAll(() => must(world.errand, ['apply', '--file', '-'], AGENTS))
afterAll(async () => {
  await close()
  await world.close()
})

const fire = (task: string, agent: string) => fired(world.errand, [task, '--agent', agent, '--no-repo'])
const scripted = (scenario: string) => fire(`Move the rate limits\n\n[[stub:${scenario}]]`, 'scripted')

const row = (page: Page, words: RegExp | string) => page.locator('.tl li').filter({ hasText: words })

async function open(person: Person, runId: string, tab = ''): Promise<Page> {
  await person.page.goto(`/runs/${runId}${tab === '' ? '' : `?tab=${tab}`}`)
  await person.page.getByRole('heading', { level: 1 }).waitFor()
  return person.page
}

test('a run is watched as it works, and stopped with one press that is confirmed', async () => {
  const runId = await scripted('long-bash')
  const [desk, phone] = await Promise.all([visit('desk', 'light'), visit('phone', 'dark')])
  const page = await open(desk, runId)
  await row(page, /Running.*echo started/).waitFor()
  await page.getByText(/Sandbox alive, heard/).waitFor()
  await holds(desk, 'run-live')
  const other = await open(phone, runId)
  await row(other, /Running.*echo started/).waitFor()
  await other.locator('.dock').getByPlaceholder('Tell the agent something').waitFor()
  expect(await other.locator('.tabbar').isVisible()).toBe(false)
  await holds(phone, 'run-live')

  await page.locator('main').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('Shift+S')
  await page.getByText(/^Stopped in .*; the sandbox is gone$/).waitFor()
  await other.getByText(/^Stopped in .*; the sandbox is gone$/).waitFor()
  await row(page, /the sandbox and everything in it/).waitFor()
  await holds(desk, 'run-stopped')
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('a blocked host is allowed by keyboard alone, and the run goes on', async () => {
  const runId = await fire('echo begin; curl -s -m 60 https://telemetry.example.org/v1; echo went on', 'hostasks')
  const [desk, phone] = await Promise.all([visit('desk', 'dark'), visit('phone', 'light')])
  const page = await open(desk, runId)
  await page.getByRole('heading', { name: 'May it reach telemetry.example.org?' }).waitFor()
  await page.locator('.cmd').getByText('curl -s -m 60 https://telemetry.example.org/v1').waitFor()
  await page.locator('.facts').getByText('Blocked host').waitFor()
  await holds(desk, 'run-host')
  await open(phone, runId)
  await phone.page.getByRole('button', { name: 'Allow once' }).waitFor()
  await holds(phone, 'run-host')

  // No single key grants anything: one goes to the card, and the answer is Tab and Enter.
  await page.keyboard.press('n')
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('For this run')
  await page.keyboard.press('Enter')
  await row(page, /Asks.*telemetry.*allowed for this run by/).waitFor()
  expect(await page.locator('.slip.ask').count()).toBe(0)
  await phone.page.locator('.slip.ask').waitFor({ state: 'detached' })
  await row(page, /The agent is done|Finished|Failed/)
    .first()
    .waitFor()
  await page.goto(`/runs/${runId}?tab=logs`)
  await page.locator('.out').getByText('went on').waitFor()
  await page.goto(`/runs/${runId}?tab=audit`)
  await page.getByText(/allowed for this run: telemetry.example.org:443/).waitFor()
  await holds(desk, 'run-audit')
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('a command that the agent asks about is shown whole, denied with a note or allowed, and the run goes on', async () => {
  const runId = await fire('Move the rate limits\n\n[[stub:risky]]', 'asking')
  const [desk, phone] = await Promise.all([visit('desk', 'light'), visit('phone', 'dark')])
  const page = await open(desk, runId)
  await page.getByRole('heading', { name: 'May it run this command?' }).waitFor()
  await page.locator('.cmd').getByText('make -f /dev/null -k all; touch ran').waitFor()
  await page.getByText('The agent says: “Run a command”').waitFor()
  await page.locator('.facts').getByText('Needs your answer').waitFor()
  await holds(desk, 'run-question')
  await open(phone, runId)
  await phone.page.getByRole('button', { name: 'Deny with a note' }).waitFor()
  await holds(phone, 'run-question')
  await phone.page.getByRole('button', { name: 'Deny with a note' }).click()
  await phone.page.getByLabel('What should it do instead?').fill('Only echo.')
  await holds(phone, 'run-denial')
  await phone.page.getByRole('button', { name: 'Deny', exact: true }).click()
  await row(page, /Asks.*denied by/).waitFor()
  await page.locator('.slip.ask').waitFor({ state: 'detached' })
  await row(page, 'the sandbox and everything in it').waitFor()
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('a note waits for its time in sight, and can be taken back', async () => {
  const runId = await scripted('long-bash')
  const desk = await visit('desk', 'light')
  const page = await open(desk, runId)
  await row(page, /Running.*echo started/).waitFor()
  await page.locator('main').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('s')
  await page.keyboard.type('Use the REDIS_URL variable that exists.')
  await page.getByRole('form', { name: 'Steer' }).getByText('At the next turn').click()
  await page.getByRole('textbox', { name: 'Tell the agent something' }).focus()
  await page.keyboard.press('Control+Enter')
  const note = page.getByText('Queued for the next turn: “Use the REDIS_URL variable that exists.”')
  await note.waitFor()
  await holds(desk, 'run-note')
  await page.getByRole('button', { name: 'Remove' }).click()
  await note.waitFor({ state: 'detached' })
  await row(page, /Told.*taken back by/).waitFor()
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByText(/; the sandbox is gone$/).waitFor()
  await desk.context.close()
})

test('an error opens by itself; landmarks and filters lead to it; the rest of an output is read on demand', async () => {
  const runId = await scripted('parallel')
  const desk = await visit('desk', 'light')
  const page = await open(desk, runId, 'timeline')
  await row(page, 'the sandbox and everything in it').waitFor()
  await row(page, /Ran.*echo two; exit 3.*exit 3/)
    .locator('.out')
    .first()
    .waitFor()
  await page.locator('main').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press(']')
  await until(async () => (await page.evaluate<string>('document.activeElement.textContent')).includes('exit 3'))
  const before = await page.locator('.tl li').count()
  await page.getByRole('button', { name: '1 error' }).click()
  await until(async () => (await page.locator('.tl li').count()) === 1)
  await holds(desk, 'run-errors')
  await page.getByRole('button', { name: '1 error' }).click()
  await until(async () => (await page.locator('.tl li').count()) === before)
  await page.getByRole('button', { name: 'Newest first' }).click()
  await until(async () => (await page.locator('.tl li').first().textContent())?.includes('Fired') === true)
  await desk.context.close()
})

test('what a program prints stays text, whatever it says', async () => {
  const hostile = String.raw`printf '\033]0;title\007\033[31mred\033[0m <img src=x onerror=alert(1)> </pre><script>alert(2)</script>\n'`
  const runId = await fire(`${hostile}; exit 4`, 'hostasks')
  const phone = await visit('phone', 'light')
  const page = await open(phone, runId, 'timeline')
  const out = row(page, 'the script').locator('.out').first()
  await out.getByText('<img src=x onerror=alert(1)> </pre><script>alert(2)</script>').waitFor()
  expect(await out.locator('img, script').count()).toBe(0)
  expect(await out.locator('.ansi-red').textContent()).toBe('red')
  await holds(phone, 'run-hostile')
  await phone.context.close()
})

test('every part of a run is a place, reached by key, by link and after a reload', async () => {
  const runId = await scripted('many-tools')
  const [desk, phone] = await Promise.all([visit('desk', 'dark'), visit('phone', 'light')])
  const page = await open(desk, runId, 'timeline')
  await row(page, 'the sandbox and everything in it').waitFor()
  await page.getByText('106 steps').waitFor()
  for (const [key, name] of [
    ['a', 'Artifacts'],
    ['d', 'Changes'],
    ['t', 'Timeline'],
  ] as const) {
    await page.keyboard.press(key)
    await page.locator('.tabs [aria-current=page]').getByText(name).waitFor()
  }
  for (const tab of ['usage', 'network', 'logs', 'audit']) {
    for (const person of [desk, phone]) {
      await open(person, runId, tab)
      await person.page.locator('.part section, .part .empty').first().waitFor()
      await holds(person, `run-${tab}`)
    }
  }
  await Promise.all([desk.context.close(), phone.context.close()])
})
