import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Fault, mcpServerSpecSchema } from '@errand/contracts'
import {
  readHostedLog,
  readMcpServer,
  removeMcpServer,
  requestMcpTest,
  restartHosted,
  saveMcpServer,
  tryMcpTool,
  writeSettings,
} from '@errand/engine'
import { type NpmRegistry, npmRegistry, until } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aRecipe, hostedWorld, mcpSession } from './hostedWorld.ts'

const SERVER = join(import.meta.dirname, '../../bridge/test/programs/server.mjs')
const MAIN = `if (process.argv[2] === 'crash') { console.error('no configuration'); process.exit(3) }
await import('./server.mjs')`

let registry: NpmRegistry
let world: Awaited<ReturnType<typeof hostedWorld>>
const before = process.env['npm_config_registry']

beforeAll(async () => {
  const manifest = {
    name: 'odd-server',
    version: '1.0.0',
    type: 'module',
    bin: { 'odd-server': 'main.mjs' },
    scripts: { postinstall: 'touch /workspace/i-ran' },
  }
  registry = await npmRegistry({
    name: 'odd-server',
    version: '1.0.0',
    files: { 'package.json': JSON.stringify(manifest), 'main.mjs': MAIN, 'server.mjs': await readFile(SERVER, 'utf8') },
  })
  process.env['npm_config_registry'] = registry.url
  world = await hostedWorld()
})
afterAll(async () => {
  if (before === undefined) delete process.env['npm_config_registry']
  else process.env['npm_config_registry'] = before
  await world.close()
  await registry.close()
})

const PACKAGE = { registry: 'npm', name: 'odd-server', version: '1.0.0' } as const
const textOf = (answer: unknown): string => JSON.stringify(answer)

test('a package is installed once, by the machine’s own registry, and servers start from the same bytes without it', async () => {
  const recipe = aRecipe({ package: { ...PACKAGE, sha256: registry.sha256 } })
  const [first, second] = await Promise.all([world.endpoint('a', recipe), world.endpoint('b', recipe)])
  const a = await mcpSession(first.socketPath)
  const b = await mcpSession(second.socketPath)
  expect(textOf(await a.call('count', {}))).toContain('"1"')
  expect(textOf(await a.call('count', {}))).toContain('"2"')
  expect(textOf(await b.call('count', {}))).toContain('"1"')
  const bundles = (await readdir(join(world.folder, 'bundles'))).filter((name) => !name.startsWith('.'))
  expect(bundles.length).toBe(1)
  expect((await world.instance('a'))?.bundle).toBe(bundles[0])
  // Neither then nor now was a script of the package run.
  expect(await readdir(join(world.folder, 'bundles', bundles[0] ?? '', 'files/node_modules/odd-server'))).not.toContain(
    'i-ran',
  )
  const asked = registry.asked.length
  await world.endpoint('c', recipe)
  expect(registry.asked.length).toBe(asked)
})

test('a package that is not the one that was meant is not installed, and neither is one that is not there', async () => {
  const wrong = aRecipe({ package: { ...PACKAGE, bin: 'odd-server', sha256: 'a'.repeat(64) } })
  await expect(world.endpoint('wrong', wrong)).rejects.toThrow(/not the one that was meant: its SHA-256 is/)
  const unknown = aRecipe({ package: { ...PACKAGE, name: 'no-such-thing' } })
  const failure = await world.endpoint('unknown', unknown).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Fault)
  expect((failure as Fault).code).toBe('mcp.install-failed')
  expect((failure as Fault).message).toMatch(/404/)
})

test('its secrets come from the gateway and are in no answer, no log and no row', async () => {
  const secret = 'shh-this-is-the-canary-value'
  await world.setSecret(
    'weather',
    { type: 'llm-compatible', baseUrl: 'http://127.0.0.1:1', auth: 'bearer' } as never,
    secret,
  )
  const recipe = aRecipe({ package: PACKAGE, env: { API_KEY: { credential: 'weather' }, PLAIN: 'as it is' } })
  const { socketPath } = await world.endpoint('secret', recipe)
  const session = await mcpSession(socketPath)
  const env = textOf(await session.call('env', {}))
  expect(env).toContain('as it is')
  expect(env).toContain('[secret]')
  await session.call('stderr', { lines: 1, text: `key ${secret}` })
  const instance = await world.instance('secret')
  const folder = join(world.folder, 'hosted', instance?.id ?? '')
  await until(async () => (await readFile(join(folder, 'runner.log'), 'utf8')).includes('key [secret]'), {
    what: 'the log',
  })
  expect(await readFile(join(folder, 'runner.log'), 'utf8')).not.toContain(secret)
  expect(env + world.log() + textOf(instance)).not.toContain(secret)
  const missing = aRecipe({ package: PACKAGE, env: { API_KEY: { credential: 'nobody-set-it' } } })
  await expect(world.endpoint('missing', missing)).rejects.toThrow(/nobody-set-it/)
})

test('the owner tests one and tries a tool: it is started for that, and what it offers is kept', async () => {
  const { owner, engine } = world
  await saveMcpServer(
    owner,
    { name: 'odd', spec: mcpServerSpecSchema.parse({ type: 'hosted', package: PACKAGE }), baseVersion: 0 },
    engine,
  )
  const tested = await requestMcpTest(owner, 'odd', engine)
  expect(tested.words).toMatch(/^It works: \d+ tools/)
  const tried = await tryMcpTool(owner, { server: 'odd', tool: 'count', arguments: {} }, engine)
  expect(tried.isError).toBe(false)
  expect(textOf(tried.result)).toContain('"1"')
})

test('its page has its log, of the process before it too, and one that is restarted is another process', async () => {
  const { owner, engine } = world
  const call = async (tool: string, given: Record<string, unknown>) =>
    textOf((await tryMcpTool(owner, { server: 'odd', tool, arguments: given }, engine)).result)
  await call('stderr', { lines: 1, text: 'I have something to say' })
  const words = async () => {
    const { now, before } = await readHostedLog(owner, 'odd', engine)
    return { now: now.map((line) => line.words), before: before.map((line) => line.words) }
  }
  await until(async () => (await words()).now.includes('I have something to say'), { what: 'the line in its log' })
  const first = (await readMcpServer(owner, 'odd', engine)).hosted
  expect(first).toMatchObject({ state: 'running', crashes: 0, failure: null })
  await restartHosted(owner, 'odd', engine)
  expect(await call('echo', { text: 'again' })).toContain('again')
  expect((await readMcpServer(owner, 'odd', engine)).hosted?.starts).toBe((first?.starts ?? 0) + 1)
  expect((await words()).before).toContain('I have something to say')
  await removeMcpServer(owner, 'odd', engine)
  await until(async () => (await world.instance('odd'))?.state === 'stopped', { what: 'the end of what was removed' })
})

test('it reaches the hosts of its own list and no other', async () => {
  const site = createServer((_request, response) => response.end('hello from the site')).listen(0, '127.0.0.1')
  await once(site, 'listening')
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`
  await writeSettings(world.owner, { privateHosts: [host] }, world.engine)
  const reach = async (server: string, hosts: readonly string[]): Promise<string> => {
    const { socketPath } = await world.endpoint(server, aRecipe({ package: PACKAGE, hosts }))
    return textOf(await (await mcpSession(socketPath)).call('fetch', { url: `http://${host}/` }))
  }
  expect(await reach('reaching', [host])).toContain('200 hello from the site')
  const refused = await reach('walled', ['other.example'])
  expect(refused).toContain('is not among the hosts of this MCP server')
  expect(refused).not.toContain('hello')
  site.close()
})

test('one that cannot start says what it said, and is tried again ever more slowly', async () => {
  const recipe = aRecipe({ package: PACKAGE, args: ['crash'] })
  const { socketPath } = await world.endpoint('crash', recipe)
  const session = await mcpSession(socketPath)
  expect(textOf(session.initialized)).toContain('no configuration')
  await until(async () => (await world.instance('crash'))?.failure?.words.includes('no configuration'), {
    what: 'the failure in the row',
  })
  const { owner, engine } = world
  const spec = mcpServerSpecSchema.parse({ type: 'hosted', package: PACKAGE, args: ['crash'] })
  await saveMcpServer(owner, { name: 'crash', spec, baseVersion: 0 }, engine)
  const tested = await requestMcpTest(owner, 'crash', engine)
  expect(tested).toMatchObject({ ok: false, code: 'mcp.crashed' })
  expect(tested.words).toContain('no configuration')
})

test('whoever waits for an answer hears why it will not come, where the whole server was ended', async () => {
  const { owner, engine } = world
  const spec = mcpServerSpecSchema.parse({ type: 'hosted', package: PACKAGE })
  await saveMcpServer(owner, { name: 'killed', spec, baseVersion: 0 }, engine)
  const call = (tool: string, given: Record<string, unknown>) =>
    tryMcpTool(owner, { server: 'killed', tool, arguments: given }, engine)
  await call('stderr', { lines: 1, text: 'about to take too much' })
  const hanging = call('hang', {}).catch((error: unknown) => error)
  await until(async () => (await world.instance('killed'))?.sessions === 2, { what: 'the call' })
  const id = (await world.instance('killed'))?.id
  if (id === undefined) throw new Error('it is not there')
  await world.kill(id)
  expect(await hanging).toMatchObject({ code: 'mcp.cut-off', detail: 'killed: about to take too much' })
  await until(() => call('echo', { text: 'back' }).then(textOf, () => ''), { what: 'a server that is back' })
})

test('one that nobody uses ends by itself, comes back when it is used, and ends when it is stopped', async () => {
  const recipe = aRecipe({ package: PACKAGE, idleMinutes: 0.01 })
  await world.endpoint('idle', recipe)
  await until(async () => (await world.instance('idle'))?.state === 'stopped', { what: 'the end', deadlineMs: 20_000 })
  // The gateway remembers where it was for a moment.
  await until(
    async () => (await world.endpoint('idle', recipe)) !== null && (await world.instance('idle'))?.starts === 2,
    { what: 'the second start', deadlineMs: 20_000 },
  )
  await world.stop('idle')
  await until(async () => (await world.instance('idle'))?.state === 'stopped', { what: 'the end', deadlineMs: 20_000 })
})
