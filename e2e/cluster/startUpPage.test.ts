import { it, onTestFinished } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { Installation } from '../harness/installation.ts'
import { claimed, holds } from '../harness/owner.ts'
import { followed } from '../harness/runs.ts'

it('the start-up of a run tells its way on the cluster: place, image, sandbox, wall', async () => {
  const errand = await Installation.make({ ERRAND_PAGES: 'yes' })
  onTestFinished(() => errand.remove())
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  await errand.start()
  const visit = await claimed(errand, browser)
  const { runId } = await followed(errand, ['true', '--agent', 'shell', '--no-repo'])
  const person = await visit()
  await person.page.goto(`/runs/${runId}`)
  const start = person.page.locator('section', { has: person.page.getByRole('heading', { name: 'Start-up' }) })
  for (const name of [/^Scheduled on \S/, /^Image on the node already/, /^Sandbox started/, /^Wall proven/])
    await start.getByText(name).waitFor()
  await holds(person, 'run-start-up')
})
