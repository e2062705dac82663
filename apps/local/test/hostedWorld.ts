import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CredentialSpec, HostedRecipe, InstanceId } from '@errand/contracts'
import { type HearInstances, startHostedServers } from '@errand/controller-app'
import { ensureOwner, listInstances, openRunFeed, setCredentialSecret, stopInstances } from '@errand/engine'
import { startGateway } from '@errand/gateway-app'
import { createMetrics } from '@errand/observe'
import { DEFAULT_UIDS, detectLimiter, localExecutor } from '@errand/sandbox'
import { CHANNELS, openBlobs, openListener } from '@errand/store'
import { recordedLog, testDatabase } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { generateVaultKey, opener, publicHalf } from '@errand/vault/open'

const ROOT = join(import.meta.dirname, '../../..')

export function aRecipe(fields: Partial<HostedRecipe> & Pick<HostedRecipe, 'package'>): HostedRecipe {
  return {
    args: [],
    env: {},
    transport: 'stdio',
    hosts: [],
    share: 'session',
    idleMinutes: 10,
    memoryMib: 512,
    ...fields,
  }
}

/** A gateway and hosted servers as they are on one machine: real Postgres, bubblewrap, package managers. */
export async function hostedWorld() {
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'errand-hosted-'))
  const { log, lines } = recordedLog()
  const now = () => new Date()
  const key = await generateVaultKey(now())
  const listener = await openListener({ url: database.url, log })
  const feed = await openRunFeed({ listener })
  const engine = {
    db: database.db,
    log,
    now,
    sealer: sealer(publicHalf(key)),
    blobs: await openBlobs(join(folder, 'blobs')),
    feed,
    capabilities: () => ({ mayRunAnyAgent: true }),
    maxLiveRuns: 10,
  }
  const owner = await ensureOwner({ orgName: 'test' }, engine)
  const gateway = await startGateway(
    { socketPath: join(folder, 'gw', 'gateway.sock'), repositoriesFolder: join(folder, 'repositories') },
    { engine, opener: opener([key]), listener, log, now, metrics: createMetrics() },
  )
  const paths = { folder: join(folder, 'hosted'), nodePath: process.execPath, claudePath: '/bin/true' }
  const executor = localExecutor(
    { holds: 'instance', ...paths, runnerPath: join(ROOT, 'apps/bridge/dist/bridge.mjs'), uids: DEFAULT_UIDS },
    { log, now, limiter: detectLimiter(), isRoot: process.getuid?.() === 0 },
  )
  const config = {
    bundlesFolder: join(folder, 'bundles'),
    bridgePath: join(ROOT, 'apps/bridge/dist/bridge.mjs'),
    searchPath: process.env['PATH'] ?? '',
  }
  const hear: HearInstances = (hearer) => listener.hear(CHANNELS.instanceWake, hearer)
  const hosted = await startHostedServers(config, { engine, executor, doors: gateway.hostedDoors, log, hear })
  const { orgId } = owner
  return {
    engine,
    owner,
    folder,
    log: () =>
      lines()
        .map((line) => JSON.stringify(line))
        .join('\n'),
    async endpoint(server: string, recipe: HostedRecipe): Promise<{ readonly socketPath: string }> {
      const wanted = { orgId, server, version: 1, recipe }
      const endpoint = await gateway.hosted.endpoint(wanted, AbortSignal.timeout(240_000))
      if (endpoint.kind !== 'socket') throw new Error('on one machine it is a socket')
      return { socketPath: endpoint.path }
    },
    instance: async (server: string) => (await listInstances({ orgId, server }, engine))[0],
    /** Its whole sandbox at once, as a kernel does that ends a container for want of memory. */
    kill: (id: InstanceId) => executor.kill(id),
    stop: (server: string) => stopInstances({ orgId, server }, engine),
    setSecret: (name: string, spec: CredentialSpec, secret: string) =>
      setCredentialSecret(owner, { name, spec, secret }, engine),
    async close() {
      await hosted.stopAll()
      await gateway.close()
      await executor.close()
      feed.close()
      await listener.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Begins a session and makes calls in it. */
export async function mcpSession(socketPath: string) {
  let id = 0
  let session: string | undefined
  const post = async (body: unknown): Promise<Record<string, unknown>> => {
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'x-errand-principal': 'test',
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
    }
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
    const outgoing = request({ socketPath, path: '/mcp', method: 'POST', headers, agent: false })
    outgoing.once('error', reject)
    outgoing.once('response', (answer) => {
      const given = answer.headers['mcp-session-id']
      if (typeof given === 'string') session = given
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.once('end', () => {
        const last = [...text.matchAll(/^data: (.+)$/gm)].at(-1)?.[1] ?? text
        resolve(last === '' ? {} : (JSON.parse(last) as Record<string, unknown>))
      })
    })
    outgoing.end(JSON.stringify(body))
    return await promise
  }
  const ask = (method: string, params: unknown) => post({ jsonrpc: '2.0', id: ++id, method, params })
  const clientInfo = { name: 'test', version: '1' }
  const initialized = await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })
  await post({ jsonrpc: '2.0', method: 'notifications/initialized' })
  return { initialized, ask, call: (name: string, args: unknown) => ask('tools/call', { name, arguments: args }) }
}
