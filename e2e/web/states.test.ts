import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import type { Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alive, openPerson, type Person } from '../harness/browser.ts'
import { makeFilm, makePicture } from '../harness/media.ts'
import { type OpenLog, openLog } from '../harness/openLog.ts'
import { holds, isSeenByAll, OWNER_PASSWORD } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'
import { must } from '../harness/world.ts'

// What a person meets rarely, and must understand all the same.

/** A name that a browser does not count as this machine, so without https nothing on it is safe. */
const OTHER_NAME = 'errand.test'
const AGENTS = `kind: Agent
name: hostasks
spec:
  runtime: script
  network: custom
  onBlockedHost: ask
---
kind: Agent
name: hostrefuses
spec:
  runtime: script
  network: custom
  onBlockedHost: refuse
`

let log: OpenLog

const { errand, browser, visit, close } = await openSite({
  browserFlags: [`--host-resolver-rules=MAP ${OTHER_NAME} 127.0.0.1`],
})
beforeAll(async () => {
  log = await openLog(errand)
  await must(errand, ['apply', '--file', '-'], AGENTS)
})
afterAll(async () => {
  await log.close()
  await close()
})

const fire = async (script: string, agent: string) =>
  (await fired(errand, [script, '--agent', agent, '--no-repo'])) as RunId
const liveRuns = (most: number) => must(errand, ['settings', 'set', 'maxLiveRuns', String(most)])

/** The browser writes down that something was refused or not reached; here that was the point. */
function forgive({ complaints }: Person, what: RegExp): void {
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !what.test(one)))
}

test('what the server drew of a question stands while its script is on the way, whatever else comes in', async () => {
  const runId = await fire('curl -s -m 100 https://slow.example.org/v1; sleep 600', 'hostasks')
  const person = await visit()
  const { page } = person
  await page.goto(`/runs/${runId}`)
  await page.getByRole('heading', { name: 'May it reach slow.example.org?' }).waitFor()
  const held = Promise.withResolvers<void>()
  let isHeld = false
  await page.route(/_next\/static\/chunks\//, async (route: Route) => {
    const answer = await route.fetch()
    if ((await answer.text()).includes('is held until you answer')) {
      isHeld = true
      await held.promise
    }
    await route.fulfill({ response: answer })
  })
  await page.reload({ waitUntil: 'commit' })
  await alive(person)
  await until(() => isHeld)
  // Its events are here, and the seconds of the page go on.
  await page.locator('.timeline[data-seq]').waitFor()
  for (let n = 0; n < 3; n += 1) {
    await log.append(runId, [{ type: 'egress.allowed', host: `n${n}.example.org`, port: 443 }])
    await page.getByText(`n${n}.example.org`).first().waitFor()
    expect(await page.getByRole('heading', { name: 'May it reach slow.example.org?' }).isVisible()).toBe(true)
  }
  held.resolve()
  await page.getByRole('button', { name: 'Keep blocked' }).click()
  await page.locator('.slip.ask').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByText(/; the sandbox is gone$/).waitFor()
  await page.unrouteAll({ behavior: 'wait' })
  await person.context.close()
})

test('a run that waits says for what: its place in line, and on a cluster what keeps its pod', async () => {
  await liveRuns(1)
  const before = await fire('sleep 3600', 'shell')
  const [first, second] = [await fire('echo first', 'shell'), await fire('echo second', 'shell')]
  const person = await visit('desk', 'dark')
  const { page } = person
  await page.goto(`/runs/${second}`)
  await page.getByText('2nd in line, behind 1 other. It waits for a place').waitFor()
  await holds(person, 'run-queued')
  // From here on it belongs to the controller of a cluster.
  await log.sql(
    `update runs set lease_owner = 'elsewhere', lease_token = gen_random_uuid(), lease_until = now() + interval '1 hour',
       wake_at = now() + interval '1 hour' where id = $1`,
    [first],
  )
  const detail = '0/3 nodes are available: 3 Insufficient memory.'
  await log.append(first, [
    { type: 'run.admitted' },
    { type: 'sandbox.started', executor: 'kubernetes', limits: '4 CPU, 64 GiB' },
    { type: 'sandbox.waiting', code: 'cluster.unschedulable', detail },
  ])
  await page.goto(`/runs/${first}`)
  await page.locator('.waits').getByText(detail).waitFor()
  await holds(person, 'run-waiting')
  await page.goto('/')
  await page.getByText('echo first').first().waitFor()
  await holds(person, 'home-waiting')
  await log.append(first, [{ type: 'sandbox.waiting', code: null }])
  await page.goto(`/runs/${first}`)
  await page.getByText('Slower than usual. It waits for the machine').waitFor()
  await holds(person, 'run-slow')
  for (const runId of [first, second])
    await log.append(runId, [{ type: 'run.ended', status: 'failed', code: 'run.lost' }])
  await must(errand, ['cancel', before])
  await liveRuns(8)
  await person.context.close()
})

test('a host that was refused is allowed afterwards, from the row that tells of it', async () => {
  const runId = await fire('curl -s -m 5 https://late.example.org/v1; sleep 600', 'hostrefuses')
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto(`/runs/${runId}?tab=network`)
  await page.getByText('Refused', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Allow for this run/ }).waitFor()
  await holds(person, 'run-refused-host')
  await page.getByRole('button', { name: /^Allow for this run/ }).click()
  await page.getByText('Allowed for the rest of this run.').waitFor()
  await page.reload()
  await page.getByText('Allowed for the rest of this run.').waitFor()
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByText(/; the sandbox is gone$/).waitFor()
  await person.context.close()
})

test('pictures and films are looked at in place; near their date they say so, and afterwards that they are gone', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/')
  const film = await makeFilm(page)
  const picture = await makePicture(page)
  const runId = await fire(
    `cd "$ERRAND_ARTIFACTS"; base64 -d > film.webm <<X\n${film}\nX\nbase64 -d > chart.png <<X\n${picture}\nX\n`,
    'shell',
  )
  await page.goto(`/runs/${runId}?tab=artifacts`)
  await page.getByRole('button', { name: 'Look at chart.png' }).click()
  await until(() => page.evaluate<boolean>('document.querySelector("img.picture")?.naturalWidth > 0'))
  await holds(person, 'artifacts-picture')
  await page.getByRole('button', { name: 'Look at film.webm' }).click()
  await until(() => page.evaluate<boolean>('document.querySelector("video")?.videoWidth > 0'))
  await holds(person, 'artifacts-film')
  const link = new URL(page.url()).searchParams.get('artifact') ?? ''
  await log.sql(`update artifacts set retain_until = now() + interval '3 days' where run_id = $1`, [runId])
  await page.goto(`/runs/${runId}?tab=artifacts`)
  await page.getByText('kept only until').first().waitFor()
  await holds(person, 'artifacts-near')
  await log.sql(`update artifacts set retain_until = now() - interval '1 hour' where run_id = $1`, [runId])
  await page.goto(`/runs/${runId}?tab=artifacts`)
  await page.getByText('The artifacts are gone').waitFor()
  await holds(person, 'artifacts-gone')
  await person.context.close()
  // Somebody else's browser: this one has kept the bytes, which never change.
  const other = await visit()
  await other.page.goto(`/artifacts/${link}`)
  await other.page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  await other.context.close()
})

test('an address with nothing behind it, a page that fails, no server and no line say so and lead on', async () => {
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/nothing/here')
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  forgive(person, /404/)
  await holds(person, 'not-found')
  await page.goto('/runs/nothing')
  await page.getByRole('navigation', { name: 'Main', exact: true }).waitFor()
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()

  await page.goto('/settings')
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
  await person.context.setOffline(true)
  await page.getByText('This device is offline since').waitFor()
  await isSeenByAll(person, 'offline')
  await person.context.setOffline(false)
  await page.getByText('This device is offline since').waitFor({ state: 'detached' })

  await page.route(/\/trpc\/.*system\.pool/, answerNonsense)
  await page.goto('/boundary')
  await page.getByRole('heading', { name: 'This page could not be shown' }).waitFor()
  await isSeenByAll(person, 'page-error')
  await page.unrouteAll({ behavior: 'wait' })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'What a sandbox can and cannot reach' }).waitFor()
  await person.context.close()
})

test('without https a key is not typed in: the page says so, and how it goes in', async () => {
  const person = await openPerson(browser, { baseURL: `http://${OTHER_NAME}:${errand.port}` })
  const { page } = person
  await page.goto('/sign-in?next=/credentials')
  await isSeenByAll(person, 'sign-in-plain')
  await page.getByLabel('Password').fill(OWNER_PASSWORD)
  await page
    .getByRole('button', { name: /Sign in/ })
    .last()
    .click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  await page.goto('/credentials?add')
  await page.getByText('Browsers seal only on a page that came over https').waitFor()
  // A browser says of every page without https that it takes no orders from it.
  forgive(person, /Cross-Origin-Opener-Policy/)
  await holds(person, 'credentials-plain')
  await person.context.close()
})

test('on a cluster the pods that wait for a run stand beside the wall', async () => {
  await log.sql(
    `insert into warm_shapes (org_id, shape, spec, wanted_at, hits, misses) select id, 'a',
       '{"image":null,"cpus":2,"memoryMib":4096,"diskMib":10240}'::jsonb, now(), 41, 3 from orgs
     union all select id, 'b',
       '{"image":"registry.internal.example/build/node-with-browsers:24.1.0","cpus":8,"memoryMib":16384,"diskMib":10240}'::jsonb,
       now() - interval '5 minutes', 0, 0 from orgs`,
    [],
  )
  await log.sql(
    `insert into sandboxes (id, org_id, shape, created_at, proven_at) select 'warm-' || n, orgs.id, 'a', now(),
       case when n < 3 then now() - interval '9 minutes' end from orgs, generate_series(1, 3) n`,
    [],
  )
  const person = await visit('desk', 'light')
  await person.page.goto('/boundary')
  await person.page.getByRole('heading', { name: 'Warm pool' }).waitFor()
  await holds(person, 'boundary-pool')
  await person.context.close()
})

/** What asks for the warm pool gets what no page can show. */
async function answerNonsense(route: Route): Promise<void> {
  const answer = await route.fetch()
  const names = new URL(route.request().url()).pathname.replace('/trpc/', '').split(',')
  const all = (await answer.json()) as object[]
  await route.fulfill({ json: all.map((one, n) => (names[n] === 'system.pool' ? { result: { data: {} } } : one)) })
}
