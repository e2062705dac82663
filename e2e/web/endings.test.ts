import { type RunFaultCode, RUN_FAULTS, type RunId } from '@errand/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { takePicture } from '../harness/browser.ts'
import { type OpenLog, openLog } from '../harness/openLog.ts'
import { isSeenByAll } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

let log: OpenLog

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  log = await openLog(errand)
  // No other starts: how each of them ends is written into its log.
  await must(errand, ['settings', 'set', 'maxLiveRuns', '1'])
  await fired(errand, ['sleep 3600', '--agent', 'shell', '--no-repo'])
})
afterAll(async () => {
  await log.close()
  await close()
})

const CODES = Object.entries(RUN_FAULTS).flatMap(([code, fault]) => ('endsRun' in fault ? [code as RunFaultCode] : []))

/** Of these the machine says what it saw. */
const DETAILS: Readonly<Partial<Record<RunFaultCode, string>>> = {
  'cluster.unschedulable': '0/3 nodes are available: 3 Insufficient memory.',
  'image.unusable': 'registry.internal.example/build/node-with-browsers:24.1.0: not found',
  'repository.clone-failed':
    'fatal: repository not found\nremote: Repository not found.\nfatal: unable to access it: 404',
}

test('every reason why a run can end stands on its page in words, with a remedy to press', async () => {
  expect(CODES.length).toBeGreaterThan(30)
  const person = await visit('desk', 'light')
  const { page } = person
  for (const code of CODES) {
    const task = ['Make the build reproducible', '--agent', 'shell', '--repo', 'local/demo']
    const runId = (await fired(errand, task)) as RunId
    const detail = DETAILS[code]
    const status = code === 'run.cancelled' ? 'cancelled' : 'failed'
    await log.append(runId, [
      { type: 'run.admitted' },
      { type: 'run.ended', status, code, ...(detail === undefined ? {} : { detail }) },
      { type: 'sandbox.gone' },
    ])
    await page.goto(`/runs/${runId}`)
    const outcome = page.getByRole('region', { name: 'Outcome' })
    await outcome.getByText(RUN_FAULTS[code].words).waitFor()
    await outcome.locator('.acts').locator('button, a').first().waitFor()
    await takePicture(person, `ended-${code}`)
  }
  expect(person.complaints).toEqual([])
  await isSeenByAll(person, 'ended-last')
  await page.goto('/')
  await page.getByText('Make the build reproducible').first().waitFor()
  await isSeenByAll(person, 'home-failed')
  await person.context.close()
})
