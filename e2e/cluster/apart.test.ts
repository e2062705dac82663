import type { RunId } from '@errand/contracts'
import { type NpmRegistry, until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Apart, type Part, startApart } from '../harness/apart.ts'
import { documentedRights, rightsOf } from '../harness/controllerAccount.ts'
import { contiguous } from '../harness/runs.ts'
import { oddRegistry, oddServer } from '../harness/oddServer.ts'
import { reachedByAnother } from './neighbours.ts'

/** `.ci/run many` says 50. */
const LIVE = Math.min(50, Math.max(8, Number(process.env['ERRAND_E2E_MANY'] ?? 0)))
const CYCLES = 3
const LINES = 60
const WORK = `for i in $(seq ${LINES}); do echo "line $i"; sleep 0.2; done; echo "$ERRAND_RUN_ID" >> made.txt`

describe('parts that run apart', () => {
  let registry: NpmRegistry
  let errand: Apart
  let server: Awaited<ReturnType<typeof oddServer>>

  beforeAll(async () => {
    registry = await oddRegistry()
    errand = await startApart({
      ERRAND_MAX_LIVE_RUNS: String(LIVE + 2),
      ERRAND_WARM_PODS: '0',
      npm_config_registry: registry.url,
    })
    const spec = {
      runtime: 'script',
      cpus: 0.1,
      memoryMib: 128,
      diskMib: 256,
      repositories: [{ repository: 'local/demo' }],
    }
    const source = JSON.stringify({ kind: 'Agent', name: 'small', spec })
    await errand.api.config.applyDocument.mutate({ source })
    server = await oddServer(errand)
  }, 120_000)
  afterAll(async () => {
    await errand.remove()
    await registry.close()
  })

  it(
    `a gateway that is restarted under ${LIVE} live runs loses no event, no push and no stream of a model`,
    { timeout: 120_000 + LIVE * 12_000 },
    async () => {
      const scripts = await Promise.all(Array.from({ length: LIVE }, () => fired({ prompt: WORK, agent: 'small' })))
      await until(
        async () => (await statesOf(scripts)).every((status) => status !== 'queued' && status !== 'starting'),
        {
          deadlineMs: 60_000 + LIVE * 4_000,
          everyMs: 500,
          what: 'every run at work',
        },
      )
      const models = await Promise.all([1, 2].map(() => fired({ prompt: 'Fix the failing test', agent: 'demo' })))
      for (let cycle = 0; cycle < CYCLES; cycle++) await restart(errand.gateway)
      const runs = [...scripts, ...models]
      await until(async () => (await statesOf(runs)).every(isOver), {
        deadlineMs: 60_000 + LIVE * 6_000,
        everyMs: 500,
        what: 'the end of every run',
      })
      expect(await endsOf(runs)).toEqual(new Set(['succeeded']))
      for (const runId of scripts) await assertWhole(runId)
      for (const runId of models)
        expect((await errand.api.runs.get.query({ runId })).state.verdict, runId).toBe('verified')
    },
  )

  it(
    'a hosted MCP server is told deleted while it is installed, comes back, and has a port that the gateway alone reaches',
    { timeout: 240_000 },
    async () => {
      // The first one keeps it, then.
      await errand.controllers[1]?.end('SIGTERM')
      const words = await server.deletedWhileInstalled()
      expect(words).toContain('Its Job was deleted')
      expect(await server.counted()).toBe(1)
      const [pod] = await server.pods()
      const address = `${pod?.status?.podIP}:8700`

      const api = errand.place.env['ERRAND_WALL_CLOSED']?.split(',')[2] ?? ''
      const prompt = `timeout 2 bash -c '</dev/tcp/${address.replace(':', '/')}' && exit 9; exit 0`
      const [reached, runId] = await Promise.all([
        reachedByAnother(errand.place, [api, address]),
        fired({ prompt, agent: 'small' }),
      ])
      expect(reached, 'whom no policy holds back reaches what is open, and not the server').toEqual([api])
      await until(async () => (await statesOf([runId])).every(isOver), { deadlineMs: 30_000, everyMs: 200 })
      expect(await endsOf([runId])).toEqual(new Set(['succeeded']))
    },
  )

  it(
    'a controller that is killed leaves its runs and its hosted server to the other, and never are there two of one',
    { timeout: 240_000 },
    async () => {
      const [keeper, other] = errand.controllers
      await other?.start()
      const before = await server.pods()
      const runs = await Promise.all(
        Array.from({ length: 6 }, () => fired({ prompt: 'sleep 2; echo ok', agent: 'small' })),
      )
      await keeper?.end('SIGKILL')
      expect(await server.counted(), 'the same process, without its keeper').toBe(2)
      expect(await server.pods()).toMatchObject(before.map(({ metadata: { uid } }) => ({ metadata: { uid } })))
      await server.deletePods()
      const gone = performance.now()
      expect(await server.counted(), 'another, by the other controller').toBe(1)
      process.stdout.write(
        `a server whose keeper was killed is back after ${Math.round(performance.now() - gone)} ms\n`,
      )
      expect(server.mostAtOnce()).toBe(1)
      await until(async () => (await statesOf(runs)).every(isOver), {
        deadlineMs: 120_000,
        everyMs: 500,
        what: 'the end',
      })
      expect(await endsOf(runs)).toEqual(new Set(['succeeded']))
      await keeper?.start()
    },
  )

  it('a controller that hangs leaves its runs to the other, and does no harm when it goes on', async () => {
    // One of them is at work, the other rests.
    for (const { pid } of errand.controllers) {
      process.kill(pid, 'SIGSTOP')
      const firedAt = performance.now()
      const runId = await fired({ prompt: 'echo ok', agent: 'small' })
      try {
        await until(async () => (await statesOf([runId])).every(isOver), { deadlineMs: 30_000, what: 'the end' })
      } finally {
        process.kill(pid, 'SIGCONT')
      }
      process.stdout.write(`a run while a controller hangs took ${Math.round(performance.now() - firedAt)} ms\n`)
      expect(await endsOf([runId])).toEqual(new Set(['succeeded']))
    }
  })

  it('a hosted server that takes more memory than it may is told so on its page, and comes back', async () => {
    await server.counted()
    expect(await server.hoarded()).toContain('raise `memoryMib` of the server')
    expect(await server.counted()).toBe(1)
  })

  it('their one account may do what the docs say, where the runs are, and nothing elsewhere', async () => {
    const { account, place } = errand
    expect(await rightsOf(account, place.namespace)).toEqual(await documentedRights())
    expect(await rightsOf(account, 'default')).toEqual([])
  })

  async function fired({ prompt, agent }: { prompt: string; agent: string }): Promise<RunId> {
    return (await errand.api.runs.create.mutate({ prompt, agent })).runId
  }

  async function statesOf(runs: readonly RunId[]): Promise<readonly string[]> {
    return Promise.all(runs.map(async (runId) => (await errand.api.runs.get.query({ runId })).state.status))
  }

  /** `succeeded`, or what went wrong. */
  async function endsOf(runs: readonly RunId[]): Promise<ReadonlySet<string>> {
    const ends = runs.map(async (runId) => {
      const { status, code, detail } = (await errand.api.runs.get.query({ runId })).state
      return status === 'succeeded' ? status : `${runId} ${status} ${code}: ${detail}`
    })
    return new Set(await Promise.all(ends))
  }

  async function assertWhole(runId: RunId): Promise<void> {
    const events = await errand.events(runId)
    expect(contiguous(events.map(({ seq }) => seq))).toBe(true)
    const printed = events.map(({ body }) => (body.type === 'output.appended' ? body.text : '')).join('')
    const lines = [...printed.matchAll(/^line (\d+)$/gm)].map(([, n]) => Number(n))
    expect(lines, `${runId} said each line once, in order`).toEqual(Array.from({ length: LINES }, (_, i) => i + 1))
    const [changes] = (await errand.api.runs.get.query({ runId })).state.changes
    expect(changes?.branch, `${runId} pushed its branch`).toBeTruthy()
  }
})

async function restart(gateway: Part): Promise<void> {
  await gateway.end('SIGTERM')
  await gateway.start()
}

function isOver(status: string): boolean {
  return ['succeeded', 'failed', 'cancelled'].includes(status)
}
