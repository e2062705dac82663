import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BridgeBoot } from '@errand/contracts'
import { applyDocument, noteInstance, readServerNow, wantInstance } from '@errand/engine'
import { startForwarder, until } from '@errand/testkit'
import { setup, teardown } from '@errand/testkit/globalSetup'
import { MCP_FIXTURE_PROGRAM, startMcpFixture } from '@errand/testkit/mcpFixture'
import { type LiveGateway, startLiveGateway } from '../support/liveGateway.ts'

export type Via = 'direct' | 'gateway' | 'bridge'

const BRIDGE = fileURLToPath(new URL('../../../bridge/main.ts', import.meta.url))

/** The same server three times: as it is, behind the hop as a run sees it, and over its standard streams behind the bridge. */
export async function createServers() {
  await setup()
  const folder = await mkdtemp(join(tmpdir(), 'errand-conformance-'))
  const [fixture, gateway] = await Promise.all([startMcpFixture(), startLiveGateway()])
  await add(gateway, 'remote', { type: 'remote', url: fixture.url, private: true })
  await add(gateway, 'hosted', HOSTED)
  const bridge = await startBridge(gateway, join(folder, 'bridge.sock'))
  await gateway.addAgent('worker', { mcp: [using('remote'), using('hosted')] })
  const run = await gateway.run({ agent: 'worker' })
  const forwarder = await startForwarder({ socketPath: run.socketPath, token: run.token })
  const all: readonly { readonly via: Via; readonly url: string }[] = [
    { via: 'direct', url: fixture.url },
    { via: 'gateway', url: `${forwarder.url}/mcp/remote` },
    { via: 'bridge', url: `${forwarder.url}/mcp/hosted` },
  ]
  return {
    all,
    async close() {
      bridge.kill()
      await Promise.all([forwarder.close(), fixture.close()])
      await gateway.close()
      await teardown()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const HOSTED = {
  type: 'hosted',
  package: { registry: 'npm', name: 'errand-fixture', version: '1.0.0' },
  transport: 'stdio',
}

const using = (server: string) => ({ server, rules: [], otherwise: 'allow' as const })

async function add(gateway: LiveGateway, name: string, spec: object): Promise<void> {
  const source = `kind: McpServer\nname: ${name}\nspec: ${JSON.stringify(spec)}\n`
  await applyDocument(gateway.owner, { source }, gateway.engine)
}

/** As a controller would, but for the sandbox. */
async function startBridge({ engine, owner: { orgId } }: LiveGateway, path: string) {
  const command = [process.execPath, fileURLToPath(MCP_FIXTURE_PROGRAM)]
  const boot: BridgeBoot = {
    listen: { kind: 'socket', path },
    gateway: null,
    server: { command, cwd: '/', env: {}, share: 'session' },
    idleMs: 600_000,
  }
  const bridge = spawn(process.execPath, [BRIDGE], { stdio: ['pipe', 'inherit', 'pipe'] })
  bridge.stdin.end(`${JSON.stringify(boot)}\n`)
  let said = ''
  bridge.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.includes('bridge.started'), { what: 'the bridge' })
  const { version, spec } = await readServerNow({ orgId, name: 'hosted' }, engine)
  if (spec.type !== 'hosted') throw new Error('the server is not hosted')
  const { recipe: _, ...row } = await wantInstance({ orgId, server: 'hosted', version, recipe: spec }, engine)
  await noteInstance(row, { ...row, state: 'running', address: path }, engine)
  return bridge
}
