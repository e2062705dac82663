import { until } from '@errand/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holds } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

const REFUSES = `kind: Agent
name: refuses
spec:
  runtime: script
  network: custom
  onBlockedHost: refuse
`

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  await must(errand, ['apply', '--file', '-'], REFUSES)
})
afterAll(close)

const row = (page: Page, words: RegExp | string) => page.locator('.tl li').filter({ hasText: words })

test('a host that was refused is allowed afterwards, where it is seen, for the run and for the agent', async () => {
  const script = 'for n in $(seq 60); do curl -s -m 5 https://telemetry.example.org/v1; sleep 1; done'
  const runId = await fired(errand, [script, '--agent', 'refuses', '--no-repo'])
  const [desk, phone] = await Promise.all([visit('desk', 'light'), visit('phone', 'dark')])
  const { page } = desk
  await page.goto(`/runs/${runId}?tab=timeline`)
  const blocked = row(page, /Blocked.*telemetry\.example\.org:443/)
  await blocked.getByRole('button', { name: 'Allow for this run' }).waitFor()
  await holds(desk, 'run-refused-host')
  await phone.page.goto(`/runs/${runId}?tab=network`)
  await phone.page.getByRole('button', { name: 'Allow for this run' }).click()
  await phone.page.getByText('Allowed for the rest of this run.').waitFor()
  await holds(phone, 'network-allowed')
  await blocked.getByText('Allowed for the rest of this run.').waitFor()
  await row(page, /telemetry.*allowed/i)
    .first()
    .waitFor()
  await must(errand, ['cancel', runId])
  await Promise.all([desk.context.close(), phone.context.close()])
})

test('what a script prints is open while it works, and stays so', async () => {
  const runId = await fired(errand, [
    'for n in $(seq 1000); do echo line $n; sleep 0.2; done',
    '--agent',
    'shell',
    '--no-repo',
  ])
  const desk = await visit('desk', 'dark')
  const { page } = desk
  await page.goto(`/runs/${runId}`)
  const out = row(page, 'the script').locator('.out')
  await out.getByText('line 12').waitFor()
  await out.getByText('line 40').waitFor()
  // The newest line is in sight, and nobody scrolled.
  const isAtEnd = `(() => { const out = document.querySelector('.out'); return Math.abs(out.scrollTop) < 2 })()`
  expect(await page.evaluate<boolean>(isAtEnd)).toBe(true)
  await holds(desk, 'run-script')
  await must(errand, ['cancel', runId])
  await page.getByText(/; the sandbox is gone$/).waitFor()
  expect(await row(page, 'the script').getByRole('button').first().getAttribute('aria-expanded')).toBe('true')
  await desk.context.close()
})

test('the demo proposes its plan where the composer asks for one, and works once it is approved', async () => {
  const desk = await visit('desk', 'light')
  const { page } = desk
  await page.goto('/?new')
  await page.waitForURL('/')
  await page.getByLabel('What should be done?').fill('Make the failing test of the demo repository pass.')
  await page.getByRole('button', { name: /autonomy/ }).click()
  await page.getByText('Plan first').click()
  await holds(desk, 'composer-autonomy')
  await page.keyboard.press('Escape')
  await page.getByLabel('What should be done?').press('Control+Enter')
  await page
    .getByRole('link', { name: /Make the failing test/ })
    .first()
    .click()
  await page.getByRole('heading', { name: 'May it work by this plan?' }).waitFor()
  await page.locator('.cmd').getByText('Leave a short report among the artifacts.').waitFor()
  await page.locator('.facts').getByText('plans first').waitFor()
  // What a person tells the agent stands over the end of the page until that is scrolled to.
  await page.keyboard.press('End')
  const isAtBottom = 'innerHeight + scrollY >= document.documentElement.scrollHeight - 1'
  await until(async () => (await page.evaluate<boolean>(isAtBottom)) || page.keyboard.press('End').then(() => false))
  await holds(desk, 'run-plan')
  await page.getByRole('button', { name: 'Approve the plan' }).click()
  await page.getByRole('region', { name: 'Outcome' }).getByText('I fixed the leap year', { exact: false }).waitFor()
  await desk.context.close()
})

test('a run whose time is over keeps what it changed, and another goes on from there with more of it', async () => {
  const work = 'echo "What is done" > half.md; git add -A; sleep 600'
  const runId = await fired(errand, [work, '--agent', 'shell', '--repo', 'local/demo', '--minutes', '0.25'])
  const desk = await visit('desk', 'light')
  const { page } = desk
  await page.goto(`/runs/${runId}`)
  await page.getByRole('region', { name: 'Outcome' }).getByText('Timed out').waitFor()
  const kept = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What was kept' }) })
  await kept.getByText('1 file', { exact: false }).waitFor()
  await holds(desk, 'run-out-of-time')
  await page.getByRole('link', { name: /^Look at errand\// }).click()
  await page.getByText('half.md').first().waitFor()
  await page.goto(`/runs/${runId}`)
  await page.getByRole('button', { name: /^Go on with 30 s/ }).click()
  await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(runId))
  await page.locator('.facts').getByText('errand/', { exact: false }).first().waitFor()
  await desk.context.close()
})
