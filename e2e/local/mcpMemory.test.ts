import type { NpmRegistry } from '@errand/testkit'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oddRegistry } from '../harness/oddServer.ts'
import { Installation } from '../harness/installation.ts'
import { must } from '../harness/world.ts'

let errand: Installation
let registry: NpmRegistry
beforeAll(async () => {
  registry = await oddRegistry()
  errand = await Installation.make({ npm_config_registry: registry.url })
  await errand.start()
})
afterAll(async () => {
  await errand.remove()
  await registry.close()
})

test('a hosted server that takes more memory than it may is told so, and comes back', async () => {
  const spec = '{ type: hosted, package: { registry: npm, name: odd-server, version: 1.0.0 }, memoryMib: 256 }'
  await must(errand, ['apply', '--file', '-'], `kind: McpServer\nname: odd\nspec: ${spec}\n`)
  expect(await must(errand, ['mcp', 'call', 'odd', 'echo', '{"text":"here"}'])).toContain('here')
  const { stdout, stderr } = await errand.errand(['mcp', 'call', 'odd', 'hoard', '{}'])
  expect(stdout + stderr).toContain('raise `memoryMib` of the server')
  await until(async () => (await must(errand, ['mcp', 'call', 'odd', 'echo', '{"text":"again"}'])).includes('again'), {
    what: 'the server',
  })
})
