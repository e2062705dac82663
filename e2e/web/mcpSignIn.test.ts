import { type AuthServer, startAuthServer } from '@errand/testkit/authServer'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { claimed, holds, type Visit } from '../harness/owner.ts'
import { fired } from '../harness/runs.ts'
import { signedServerYaml } from '../harness/signedServer.ts'
import { must, startWorld, type World } from '../harness/world.ts'

let world: World
let browser: Browser
let visit: Visit
let auth: AuthServer

beforeAll(async () => {
  ;[world, browser, auth] = await Promise.all([startWorld({ ERRAND_PAGES: 'yes' }), launchBrowser(), startAuthServer()])
  visit = await claimed(world.errand, browser)
  await must(world.errand, ['apply', '--file', '-'], signedServerYaml(auth.mcpUrl))
})
afterAll(async () => {
  await browser.close()
  await world.close()
  await auth.close()
})

test('a run that needs a sign-in says so where runs are listed and on its page, leads there, and goes on by itself', async () => {
  const person = await visit()
  const { page } = person
  const runId = await fired(world.errand, ['[[stub:mcp-signed]] use your tool', '--agent', 'signing', '--no-repo'])
  await page.goto('/')
  await page.getByText('Needs sign-in').first().waitFor({ timeout: 30_000 })
  await page.goto(`/runs/${runId}`)
  await page.getByRole('heading', { name: 'Needs sign-in: signed' }).waitFor()
  await holds(person, 'mcp-needs-sign-in')
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Signed in with signed' }).waitFor({ timeout: 30_000 })
  await page.goto(`/runs/${runId}`)
  await page.getByText('It said: again').first().waitFor({ timeout: 60_000 })
  await person.context.close()
})
