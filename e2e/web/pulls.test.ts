import { type ForgeHost, type ForgeKind, startForge } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, type Scheme, type View } from '../harness/browser.ts'
import { differencesFromPage } from '../harness/documentedLines.ts'
import { holds } from '../harness/owner.ts'
import { followed } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

const TOKEN = 'canary-pulls-9a8b7c'

const { errand, visit, close } = await openSite()
afterAll(close)

/** The browser writes down that a request was refused; here that was the point. */
function forgive({ complaints }: Person): void {
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes('/trpc/pullRequests.open')))
}

const LOOKS: Record<ForgeKind, readonly [View, Scheme]> = {
  github: ['desk', 'light'],
  gitlab: ['phone', 'dark'],
  gitea: ['desk', 'dark'],
}

describe.each<ForgeKind>(['github', 'gitlab', 'gitea'])('on %s', (kind) => {
  let forge: ForgeHost
  let runId: string

  beforeAll(async () => {
    forge = await startForge(kind, { password: TOKEN })
    await forge.create('acme/app.git', [{ 'README.md': 'app\n', 'a.txt': 'one\n' }])
    await must(
      errand,
      ['credentials', 'add', `forge-${kind}`, '--type', 'git', '--host', forge.host, '--private'],
      TOKEN,
    )
    const run = [
      'echo two > a.txt',
      '--agent',
      'shell',
      '--repo',
      `${forge.url}/acme/app.git`,
      '--verify',
      'grep two a.txt',
    ]
    const done = await followed(errand, run)
    expect(done.outcome).toMatchObject({ verdict: 'verified', changes: [{ files: 1 }] })
    runId = done.runId
  })
  afterAll(() => forge.close())

  test('a pull request goes from the outcome to the host, and its checks come back', async () => {
    const [view, scheme] = LOOKS[kind]
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto(`/runs/${runId}`)
    await page.getByText('No pull request yet.').waitFor()
    await holds(person, `pull-none-${kind}`)
    await page.getByRole('button', { name: 'Open pull request' }).click()
    await page.getByLabel('Title').fill('Say two')
    await page.getByText('As a draft').click()
    expect(await page.getByLabel('Description').inputValue()).toContain(`Errand-Run: `)
    await holds(person, `pull-form-${kind}`)

    forge.behave({ mayWrite: false })
    await page.getByRole('button', { name: 'Open pull request' }).click()
    await page.getByText('may not open or read pull requests there').waitFor()
    await page.getByRole('link', { name: 'Open it by hand' }).waitFor()
    forgive(person)
    await holds(person, `pull-refused-${kind}`)
    forge.behave({ mayWrite: true })
    forge.setChecks([{ name: 'test', state: 'running', url: `${forge.url}/checks/1` }])
    await page.getByRole('button', { name: 'Open pull request' }).click()
    const link = page.getByRole('link', { name: /#1 (?:WIP: |Draft: )?Say two/ })
    await link.waitFor()
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await link.getAttribute('href')).toContain(`${forge.url}/acme/app/`)
    await page.getByText('0 of 1 check passed, 1 not yet').waitFor()
    await holds(person, `pull-open-${kind}`)
    expect(forge.pulls).toMatchObject([{ base: 'main', isDraft: true }])

    forge.setChecks([
      { name: 'test', state: 'failed', url: `${forge.url}/checks/1` },
      { name: 'lint', state: 'passed', url: `${forge.url}/checks/2` },
    ])
    // A look of the last three seconds counts as now.
    await expect.poll(lookAgain, { timeout: 20_000, interval: 1_000 }).toBe(true)
    await page.getByText('1 of 2 checks failed').waitFor()
    await page.getByRole('link', { name: 'Look at test on the host' }).waitFor()
    await holds(person, `pull-checks-${kind}`)
    expect(await page.content()).not.toContain(TOKEN)
    await person.context.close()

    async function lookAgain(): Promise<boolean> {
      await page.getByRole('button', { name: 'Look again' }).click()
      return page.getByText('1 of 2 checks failed').isVisible()
    }
  })

  test('errand pr finds the same one', async () => {
    const { code, stdout } = await errand.errand(['pr', runId])
    expect(code).toBe(0)
    expect(stdout).toContain(`${forge.url}/acme/app/`)
    expect(stdout).toContain('#1')
    expect(forge.pulls).toHaveLength(1)
    forge.change(1, { isMerged: true })
    const shown = await errand.errand(['pr', runId, '--show', '--json'])
    expect(JSON.parse(shown.stdout)).toMatchObject({ type: 'pull-request', number: 1 })
    expect(await differencesFromPage(shown.stdout)).toEqual([])
  })
})

test('a run that pushed nothing to a host offers none, and the command says why', async () => {
  const { runId } = await followed(errand, ['true', '--agent', 'shell', '--no-repo'])
  const refused = await errand.errand(['pr', runId])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('pushed no branch')
  const person = await visit()
  await person.page.goto(`/runs/${runId}`)
  await person.page.getByRole('region', { name: 'Outcome' }).waitFor()
  expect(await person.page.getByText('No pull request yet.').count()).toBe(0)
  await person.context.close()
})
