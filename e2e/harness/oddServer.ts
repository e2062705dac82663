import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { npmRegistry, until } from '@errand/testkit'
import type { Apart } from './apart.ts'

const SERVER = join(import.meta.dirname, '../../apps/bridge/test/programs/server.mjs')
const PACKAGE = { name: 'odd-server', version: '1.0.0' } as const
const SERVES = 'errand-server-'

/** With one package, of a small MCP server that needs nothing else. */
export async function oddRegistry() {
  const manifest = { ...PACKAGE, type: 'module', bin: { 'odd-server': 'server.mjs' } }
  const files = { 'package.json': JSON.stringify(manifest), 'server.mjs': await readFile(SERVER, 'utf8') }
  return npmRegistry({ ...PACKAGE, files })
}

/** The server of that package, as a person has it who may also delete things on the cluster. */
export async function oddServer({ api, place }: Apart) {
  // One process for all sessions: its counter tells whether it is still the same.
  const spec = { type: 'hosted', package: { registry: 'npm', ...PACKAGE }, share: 'all', memoryMib: 256 }
  await api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'McpServer', name: 'odd', spec }) })
  let most = 0

  async function pods() {
    const ours = (await place.look()).pods.filter(({ metadata }) => metadata.name.startsWith(SERVES))
    const live = ours.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    most = Math.max(most, live.length)
    return live
  }

  /** The next number; asked again where it is not there yet. */
  async function counted(): Promise<number> {
    const answer = await until(
      async () => {
        await pods()
        return api.mcp.callTool.mutate({ server: 'odd', tool: 'count' }).catch(() => false as const)
      },
      { deadlineMs: 90_000, everyMs: 200, what: 'an answer of the server' },
    )
    return Number(/"text":"(\d+)"/.exec(JSON.stringify(answer.result))?.[1])
  }

  return {
    pods,
    counted,
    /** Of its pods, at any time when somebody looked. */
    mostAtOnce: () => most,
    async deletePods() {
      const path = `/api/v1/namespaces/${place.namespace}/pods`
      const told = await pods()
      for (const { metadata } of told) await place.api.delete(`${path}/${metadata.name}`)
      // One that is told to go answers until it goes.
      const isTold = new Set(told.map(({ metadata }) => metadata.uid))
      await until(async () => (await place.look()).pods.every(({ metadata }) => !isTold.has(metadata.uid)), {
        deadlineMs: 30_000,
        everyMs: 50,
        what: 'the end of its pods',
      })
    },
    /** What the page says of it after a call that took all the memory that there was. */
    async hoarded(): Promise<string> {
      const failed = await api.mcp.callTool.mutate({ server: 'odd', tool: 'hoard' }).then(
        () => false,
        () => true,
      )
      if (!failed) throw new Error('it had memory for everything')
      return until(async () => (await api.mcp.get.query({ name: 'odd' })).hosted?.failure?.words, {
        deadlineMs: 30_000,
        everyMs: 200,
        what: 'why it ended',
      })
    },
    /** What a person is told whose server's Job is deleted while its package is installed. */
    async deletedWhileInstalled(): Promise<string> {
      const tested = api.mcp.test.mutate({ name: 'odd' })
      const job = await until(
        async () => (await place.look()).jobs.find(({ metadata }) => metadata.name.startsWith(SERVES)),
        {
          deadlineMs: 20_000,
          what: 'the Job that installs it',
        },
      )
      const path = `/apis/batch/v1/namespaces/${place.namespace}/jobs/${job.metadata.name}`
      await place.api.delete(path, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' })
      const before = performance.now()
      const { words } = await tested
      if (performance.now() - before > 10_000) throw new Error(`it took long to be told: ${words}`)
      return words
    },
  }
}
