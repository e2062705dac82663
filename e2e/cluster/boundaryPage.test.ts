import { it, onTestFinished } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { Installation } from '../harness/installation.ts'
import { claimed, holds } from '../harness/owner.ts'
import { followed } from '../harness/runs.ts'

it('the boundary page tests the wall from inside a pod, and shows the pods that wait', async () => {
  const errand = await Installation.make({ ERRAND_PAGES: 'yes', ERRAND_WARM_PODS: '1' })
  onTestFinished(() => errand.remove())
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  await errand.start()
  const visit = await claimed(errand, browser)
  await followed(errand, ['true', '--agent', 'shell', '--no-repo'])
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto('/boundary')
    if (view === 'desk') await page.getByRole('button', { name: 'Test now' }).first().click()
    await page.getByText('The wall held.').waitFor({ timeout: 60_000 })
    await page.getByRole('heading', { name: 'This cluster' }).waitFor()
    await page.getByText('The canary is closed').first().waitFor()
    const pool = page.getByRole('region', { name: 'Warm pool' })
    await pool.getByText('Errand’s own').first().waitFor()
    await holds(person, 'boundary-pool')
    await pool.scrollIntoViewIfNeeded()
    await holds(person, 'boundary-pool-table')
    await person.context.close()
  }
})
