import { type McpRegistry, startMcpRegistry } from '@errand/testkit'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { Installation } from '../harness/installation.ts'
import { claimed, holds, type Visit } from '../harness/owner.ts'
import { must } from '../harness/world.ts'

let errand: Installation
let browser: Browser
let registry: McpRegistry
let visit: Visit

const WEATHER = {
  name: 'io.github.acme/weather-mcp',
  title: 'Weather',
  description: 'Forecasts and warnings for any place',
  version: '1.4.0',
  packages: [
    {
      registryType: 'npm',
      identifier: '@acme/weather',
      version: '1.4.0',
      transport: { type: 'stdio' },
      packageArguments: [{ type: 'named', name: '--units', choices: ['metric', 'imperial'], default: 'metric' }],
      environmentVariables: [
        { name: 'WEATHER_API_KEY', description: 'From your account', isRequired: true, isSecret: true },
      ],
    },
  ],
}

beforeAll(async () => {
  registry = await startMcpRegistry([WEATHER])
  errand = await Installation.make({ ERRAND_PAGES: 'yes', ERRAND_MCP_REGISTRY_URL: registry.url })
  browser = await launchBrowser()
  await errand.start()
  visit = await claimed(errand, browser)
})
afterAll(async () => {
  await browser.close()
  await errand.remove()
  await registry.close()
})

test('before the first one the page says what a server is for, and offers the well-known ones', async () => {
  for (const [view, scheme] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const) {
    const person = await visit(view, scheme)
    const { page } = person
    await page.goto('/mcp')
    await page.getByText('No server yet.').waitFor()
    await holds(person, 'mcp-empty')
    await page.getByRole('button', { name: 'Add the first one' }).click()
    await page.getByRole('button', { name: /GitHub/ }).waitFor()
    await holds(person, 'mcp-catalogue')
    await page.getByRole('button', { name: /Figma/ }).click()
    await page.getByText('Not possible like this.').waitFor()
    expect(await page.getByRole('button', { name: 'Save and test' }).isDisabled()).toBe(true)
    await holds(person, 'mcp-figma')
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: /^GitHub/ }).click()
    await page.getByText('What will happen').waitFor()
    await holds(person, 'mcp-github')
    await person.context.close()
  }
})

test('what a README says becomes a form, and its token a secret field', async () => {
  const person = await visit()
  const { page } = person
  await page.goto('/mcp?add=paste')
  const text = page.getByLabel('An address, or what its README says')
  await text.fill('hello there')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('Not understood.').waitFor()
  await text.fill(
    '{"mcpServers": {"acme": {"command": "npx", "args": ["-y", "@acme/mcp@1.0.0"], "env": {"ACME_TOKEN": "<token>"}}}}',
  )
  await holds(person, 'mcp-paste')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('npx @acme/mcp').waitFor()
  expect(await page.getByLabel('ACME_TOKEN').getAttribute('type')).toBe('password')
  await page.getByRole('button', { name: 'Save and test' }).click()
  await page.getByText('ACME_TOKEN is needed.').waitFor()
  await holds(person, 'mcp-paste-form')
  await person.context.close()
})

test('a version that a README leaves out is the newest of its registry, and one that nobody has stays to be written', async () => {
  const person = await visit('phone', 'dark')
  const { page } = person
  const read = async (text: string) => {
    await page.goto('/mcp?add=paste')
    await page.getByLabel('An address, or what its README says').fill(text)
    await page.getByRole('button', { name: 'Read it' }).click()
  }
  for (const line of ['npx -y @modelcontextprotocol/server-everything', 'uvx mcp-server-time']) {
    await read(line)
    await page.getByText('The newest. The same bytes are run every time.').waitFor({ timeout: 30_000 })
    expect(await page.getByLabel('Version').inputValue()).toMatch(/^20\d\d\.\d+\.\d+$/)
    await page.getByText(/^(npm|pypi) \S+, 20\d\d\.\d+\.\d+$/).waitFor()
  }
  await holds(person, 'mcp-newest')
  await page.getByLabel('Version').fill('2025.9.25')
  await page.getByText('pypi mcp-server-time, 2025.9.25').waitFor()
  await read('npx -y @modelcontextprotocol/server-that-nobody-made')
  await page.getByText('Which is the newest could not be found out.').waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Save and test' }).click()
  await page.getByText('Version is needed.').waitFor()
  await person.context.close()
})

test('the registry is searched through the gateway, and when it does not answer its last words are shown', async () => {
  const person = await visit('phone', 'light')
  const { page } = person
  await page.goto('/mcp?add=search')
  await page.getByLabel('What it is for, or its name').fill('weather')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('button', { name: /Weather/ }).waitFor()
  await holds(person, 'mcp-search')
  registry.behave({ isDown: true })
  await page.reload()
  await page.getByLabel('What it is for, or its name').fill('forecasts')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByText('The registry does not answer; this is what it said earlier.').waitFor()
  await holds(person, 'mcp-search-copy')
  await page.getByRole('button', { name: /Weather/ }).click()
  await page.getByText('io.github.acme, version 1.4.0').waitFor()
  await holds(person, 'mcp-entry')
  const origin = `{ registry: '${registry.url}', name: ${WEATHER.name}, version: 1.3.9, sha256: ${'a'.repeat(64)} }`
  const spec = `type: remote, url: 'http://127.0.0.1:9/mcp', private: true, origin: ${origin}`
  await must(errand, ['apply', '--file', '-'], `kind: McpServer\nname: weather\nspec: { ${spec} }\n`)
  await page.goto('/mcp/weather')
  await page.getByRole('link', { name: '1.4.0 is out' }).waitFor()
  registry.behave({ isDown: false })
  await person.context.close()
})

test('a server whose key is missing is said before the task is fired, and does not hold it up', async () => {
  const spec = 'type: remote, url: "https://mcp.linear.example/mcp", credential: linear-key'
  await must(errand, ['apply', '--file', '-'], `kind: McpServer\nname: linear\nspec: { ${spec} }\n`)
  const agent = 'runtime: claude-code, mcp: [{ server: linear, rules: [], otherwise: allow }]'
  await must(errand, ['apply', '--file', '-'], `kind: Agent\nname: planner\nspec: { ${agent} }\n`)
  const person = await visit('desk', 'light')
  const { page } = person
  await page.goto('/?agent=planner')
  await page.getByLabel('What should be done?').fill('Plan the week')
  await page.getByText(/linear: .*linear-key/).waitFor()
  await page.getByRole('link', { name: 'See the credentials' }).waitFor()
  await holds(person, 'mcp-missing-key')
  expect(await page.getByRole('button', { name: /^Run/ }).isEnabled()).toBe(true)
  await person.context.close()
})
