import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holds } from '../harness/owner.ts'
import { type Followed, followed } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'

let demo: Followed

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  demo = await followed(errand, ['Make the failing test pass.'])
})
afterAll(close)

test('a verified run shows its verdict, the agent’s words as such, and the evidence in numbers', async () => {
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto(`/runs/${demo.runId}`)
    const outcome = page.getByRole('region', { name: 'Outcome' })
    await outcome.getByText('Verified').waitFor()
    expect(await outcome.locator('.say q').textContent()).toContain('I fixed the leap year')
    await outcome.getByText('5 passed, 0 failed, exit 0').waitFor()
    await outcome.getByText('nothing was asked').waitFor()
    await page.getByText('year % 400 === 0').waitFor()
    await holds(person, 'run-done')
    await outcome.getByText('Log', { exact: false }).last().click()
    await outcome.getByText('# pass 5').or(outcome.getByText('pass 5')).first().waitFor()
    await person.context.close()
  }
})

test('a file is ticked off with v, and stays so after a reload', async () => {
  const person = await visit()
  const { page } = person
  await page.goto(`/runs/${demo.runId}?tab=changes`)
  await page.getByText('0 of 1 seen').waitFor()
  await page.keyboard.press('v')
  await page.getByText('1 of 1 seen').waitFor()
  await page.reload()
  await page.getByText('1 of 1 seen').waitFor()
  await holds(person, 'changes-seen')
  await page.getByRole('button', { name: 'Seen', pressed: true }).click()
  await page.getByText('0 of 1 seen').waitFor()
  await page.getByText('Split').click()
  await page.locator('table.diff-split').waitFor()
  await holds(person, 'changes-split')
  await person.context.close()
})

test('comments collect, survive a reload, and go out as one run that begins on the branch', async () => {
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto(`/runs/${demo.runId}?tab=changes`)
  await page.locator('.diff-gutter-insert').first().click()
  await page.getByLabel('Your comment on line 5').fill('Name the rule.')
  await page.getByRole('button', { name: 'Add' }).click()
  await page.getByRole('button', { name: 'Comment on src/calendar.js' }).click()
  await page.getByLabel('Your comment on this file').fill('And a word on top.')
  await page.keyboard.press('Control+Enter')
  await page.getByText('2 comments not sent').waitFor()
  await page.reload()
  await page.getByText('2 comments not sent').waitFor()
  await holds(person, 'changes-comments')
  await page.getByRole('button', { name: 'Send as a follow-up run' }).click()
  await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.includes(demo.runId))
  const runId = new URL(page.url()).pathname.split('/').at(-1)
  const run = await ask<{ prompt: string; parentRunId: string; repositories: { branch: string }[] }>('runs.get', {
    runId,
  })
  expect(run.parentRunId).toBe(demo.runId)
  expect(run.repositories[0]?.branch).toBe(demo.outcome.changes[0]?.branch)
  expect(run.prompt).toContain('src/calendar.js, line 5:')
  expect(run.prompt).toContain('Name the rule.')
  await page.goto(`/runs/${demo.runId}?tab=changes`)
  await page.getByText('0 of 1 seen').waitFor()
  expect(await page.getByText('not sent').count()).toBe(0)
  await person.context.close()
})

test('artifacts are looked at in place, and all come as one zip', async () => {
  const person = await visit('phone', 'light')
  const { page } = person
  await page.goto(`/runs/${demo.runId}?tab=artifacts`)
  await page.getByRole('button', { name: 'Look at report.md' }).click()
  await page.locator('.md').getByRole('heading').first().waitFor()
  await holds(person, 'artifacts')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^All, / }).click(),
  ])
  const zip = await readFile(await download.path())
  expect(zip.subarray(0, 2).toString()).toBe('PK')
  expect(zip.includes('report.md')).toBe(true)
  await person.context.close()
})

test('what it takes to do it again exactly stands under the usage', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto(`/runs/${demo.runId}?tab=usage`)
  const panel = page.getByRole('region', { name: 'To do it again exactly' })
  await panel.getByText('a sandbox on this machine').waitFor()
  await panel.getByText('Nobody was asked anything.').waitFor()
  await holds(person, 'usage')
  await person.context.close()
})

test('a failure names the line, what was kept, and does its remedy at a press', async () => {
  const script = 'seq 1 40; echo "npm error missing script: build"; echo done > kept.txt; exit 3'
  const { runId } = await followed(errand, [
    '--agent',
    'shell',
    '--repo',
    'local/demo',
    '--verify',
    'sleep 1; echo "not ok 7 - adds"; exit 9',
    script.replace('exit 3', 'true'),
  ])
  for (const [view, scheme] of [
    ['desk', 'dark'],
    ['phone', 'light'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto(`/runs/${runId}`)
    const outcome = page.getByRole('region', { name: 'Outcome' })
    await outcome.getByText('Checks failed').waitFor()
    expect(await outcome.locator('.hit').first().textContent()).toBe('not ok 7 - adds')
    await page.getByRole('heading', { name: 'What was kept' }).waitFor()
    await holds(person, 'run-failed')
    if (view === 'desk') {
      await outcome.getByRole('button', { name: 'Send it back to mend this' }).click()
      await page.waitForURL((url) => !url.pathname.includes(runId))
      const next = new URL(page.url()).pathname.split('/').at(-1)
      const run = await ask<{ prompt: string; parentRunId: string }>('runs.get', { runId: next })
      expect(run.parentRunId).toBe(runId)
      expect(run.prompt).toContain('not ok 7 - adds')
    }
    await person.context.close()
  }
})

test('five thousand changed files are as quick as one', async () => {
  const script = 'mkdir many; for i in $(seq 1 5000); do echo $i > many/f$i.txt; done; seq 1 20000 > big.txt'
  const { runId } = await followed(errand, ['--agent', 'shell', '--repo', 'local/demo', script])
  const person = await visit()
  const { page } = person
  await page.goto(`/runs/${runId}?tab=changes`)
  await page.getByText('0 of 5,001 seen').waitFor()
  await page.getByText('18,500 lines not shown').waitFor()
  expect(await page.locator('.file').count()).toBeLessThan(60)
  await page.locator('.tree').evaluate((tree) => tree.scrollTo(0, tree.scrollHeight))
  await page
    .locator('.tree')
    .getByRole('button', { name: /f999\.txt/ })
    .click()
  await page.getByRole('region', { name: 'many/f999.txt', exact: true }).waitFor()
  await holds(person, 'changes-many')
  await person.context.close()
})

test('attempts at one task stand in a matrix, and two of them beside each other', async () => {
  const prompt = 'echo "$RANDOM $(seq -s , 1 99)" > out.txt; [ $((RANDOM % 2)) -ge 0 ]'
  const input = { prompt, agent: 'shell', repositories: [{ repository: 'local/demo' }], attempts: 3 }
  const { batchId } = await ask<{ batchId: string }>('runs.createMany', input, 'POST')
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto(`/batches/${batchId}`)
    await page.getByText('all are over').waitFor()
    await page.getByRole('heading', { name: 'Attempts 1 and 2' }).waitFor()
    await page.getByRole('region', { name: 'Lines of out.txt' }).nth(1).waitFor()
    await page.getByLabel('Compare Attempt 3').click()
    await page.getByRole('heading', { name: 'Attempts 2 and 3' }).waitFor()
    await page.getByRole('region', { name: 'Lines of out.txt' }).nth(1).waitFor()
    await page.getByRole('button', { name: /^Pick(ed)? Attempt 3$/ }).click()
    await page
      .getByRole('button', { name: view === 'desk' ? 'Picked Attempt 3' : 'Pick Attempt 3', exact: true })
      .waitFor()
    await holds(person, 'batch')
    await person.context.close()
  }
})

/** The api as the owner’s own programs ask it. */
async function ask<T>(path: string, input: unknown, method: 'GET' | 'POST' = 'GET'): Promise<T> {
  const text = JSON.stringify(input)
  const url = `${errand.url}/trpc/${path}${method === 'GET' ? `?input=${encodeURIComponent(text)}` : ''}`
  const headers = { authorization: `Bearer ${await errand.token()}`, 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, ...(method === 'POST' ? { body: text } : {}) })
  const { result } = (await answer.json()) as { result: { data: T } }
  return result.data
}
