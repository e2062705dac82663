import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RunId } from '@errand/contracts'
import type { AppRouter } from '@errand/surfaces'
import { until } from '@errand/testkit'
import { createTRPCClient, httpLink } from '@trpc/client'
import { beforeAll, describe, expect, it } from 'vitest'
import { contiguous } from '../harness/runs.ts'

const { ERRAND_E2E_INSTALLED_URL: url = '', ERRAND_E2E_INSTALLED_TOKEN: token = '' } = process.env
const LIVE = 12
const LINES = 150
const WORK = `for i in $(seq ${LINES}); do echo "line $i"; sleep 0.2; done; echo "$ERRAND_RUN_ID" >> made.txt; echo kept > "$ERRAND_ARTIFACTS/kept.txt"`
const run = promisify(execFile)

/** An Errand that `errand install` has put on a cluster: two gateways behind a Service, two controllers, a database. */
describe('an installed Errand', () => {
  const headers = { authorization: `Bearer ${token}` }
  const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc`, headers })] })

  beforeAll(async () => {
    if (url === '' || token === '') throw new Error('ERRAND_E2E_INSTALLED_URL and _TOKEN name no installed Errand')
    const spec = {
      runtime: 'script',
      cpus: 0.1,
      memoryMib: 128,
      diskMib: 256,
      repositories: [{ repository: 'local/demo' }],
    }
    await api.config.applyDocument.mutate({ source: JSON.stringify({ kind: 'Agent', name: 'small', spec }) })
  })

  it(
    `replaces its gateways, controllers and api under ${LIVE} live runs: no event, push or artifact is lost`,
    { timeout: 400_000 },
    async () => {
      const fired = Array.from({ length: LIVE }, () => api.runs.create.mutate({ prompt: WORK, agent: 'small' }))
      const runs = (await Promise.all(fired)).map(({ runId }) => runId)
      await until(async () => (await statesOf(runs)).every(({ agentStartedAt }) => agentStartedAt !== null), {
        deadlineMs: 120_000,
        everyMs: 1_000,
        what: 'every run at work',
      })
      const model = await api.runs.create.mutate({ prompt: 'Fix the failing test', agent: 'demo' })
      for (const part of ['gateway', 'controller', 'api']) {
        await kubectl('rollout', 'restart', `deploy/errand-${part}`)
        await kubectl('rollout', 'status', `deploy/errand-${part}`, '--timeout=90s')
      }
      const stillLive = (await statesOf(runs)).filter(({ endedAt }) => endedAt === null).length
      await until(async () => (await statesOf([...runs, model.runId])).every(({ endedAt }) => endedAt !== null), {
        deadlineMs: 200_000,
        everyMs: 1_000,
        what: 'the end of every run',
      })
      const states = await statesOf([...runs, model.runId])
      expect(
        states.map(({ status, code, detail }) => (status === 'succeeded' ? status : `${status} ${code} ${detail}`)),
      ).toEqual(states.map(() => 'succeeded'))
      for (const runId of runs) await assertWhole(runId)
      process.stdout.write(`${LIVE} runs over a restart of every part; ${stillLive} were still live after it; 0 lost\n`)
    },
  )

  async function statesOf(runs: readonly RunId[]) {
    return Promise.all(runs.map(async (runId) => (await api.runs.get.query({ runId })).state))
  }

  async function assertWhole(runId: RunId): Promise<void> {
    const events = await api.runs.events.query({ runId, after: 0 })
    expect(contiguous(events.map(({ seq }) => seq))).toBe(true)
    const printed = events.map(({ body }) => (body.type === 'output.appended' ? body.text : '')).join('')
    const lines = [...printed.matchAll(/^line (\d+)$/gm)].map(([, n]) => Number(n))
    expect(lines, `${runId} said each line once, in order`).toEqual(Array.from({ length: LINES }, (_, i) => i + 1))
    const { state } = await api.runs.get.query({ runId })
    expect(state.changes[0]?.branch, `${runId} pushed its branch`).toBeTruthy()
    expect(state.artifacts).toBeGreaterThan(0)
  }
})

async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run('kubectl', ['--namespace', 'errand', ...args])).stdout
}
