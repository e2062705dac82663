import { setTimeout as delay } from 'node:timers/promises'
import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServerProcess, findApiServer } from '../harness/apiServerProcess.ts'
import type { ClusterPlace } from '../harness/cluster.ts'
import { MANY_RUNS } from '../harness/counts.ts'
import { type CutApi, startCutApi } from '../harness/cutApi.ts'
import { Installation } from '../harness/installation.ts'
import { processesOf } from '../harness/leftovers.ts'
import { openLog } from '../harness/openLog.ts'
import { contiguous, fired } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const LIVE = 8
const AGENT = 'kind: Agent\nname: small\nspec:\n  runtime: script\n  memoryMib: 256\n  cpus: 1\n'
const SCRIPT =
  'for i in $(seq 20); do echo "line $i"; sleep 0.1; done; echo "$ERRAND_RUN_ID" >> "$ERRAND_ARTIFACTS/once.txt"'
/** Only a run whose pod was taken away may end like this. */
const TAKEN = ['sandbox.deleted', 'sandbox.evicted', 'run.lost', 'run.never-started']

describe(`${MANY_RUNS} runs while everything is killed`, () => {
  let errand: Installation
  let place: ClusterPlace
  let api: CutApi
  let apiServer: ApiServerProcess | null
  const done = { kills: 0, deleted: 0, evicted: 0, apiServerKills: 0, watchCuts: 0, cordons: 0 }
  const victims = new Set<string>()

  beforeAll(async () => {
    api = await startCutApi(process.env['ERRAND_E2E_KUBECONFIG'] ?? '')
    errand = await Installation.make({ ERRAND_WARM_PODS: '2', ERRAND_KUBECONFIG: api.kubeconfig })
    if (errand.place === null) throw new Error('these scenarios are about a cluster')
    place = errand.place
    apiServer = await findApiServer(place.api.server)
    await errand.start()
    await must(errand, ['settings', 'set', 'maxLiveRuns', String(LIVE)])
    await must(errand, ['apply', '--file', '-'], AGENT)
  })
  afterAll(async () => {
    await setCordon(false)
    await errand.remove()
    await api.close()
  })

  it(
    proves('survives-kills', 'on a cluster: one outcome each, nothing left'),
    { timeout: 180_000 + MANY_RUNS * 6_000 },
    async () => {
      const runs: string[] = []
      while (runs.length < MANY_RUNS) {
        const batch = Array.from({ length: Math.min(LIVE, MANY_RUNS - runs.length) }, () =>
          fired(errand, [SCRIPT, '--agent', 'small', '--no-repo']),
        )
        runs.push(...(await Promise.all(batch)))
      }
      for (let round = 1; await isAnyLive(); round++) await harass(round)
      await until(async () => !(await isAnyLive()), { deadlineMs: 60_000, what: 'the end of every run' })
      const counts = await assertOutcomes(runs)
      await errand.stop()
      expect(await processesOf(errand.folder)).toEqual([])
      await until(async () => Object.keys(await place.leftovers()).length === 0, {
        deadlineMs: 30_000,
        what: 'nothing left on the cluster',
      })
      expect(done.watchCuts, 'watches were cut').toBeGreaterThan(0)
      expect(done.cordons, 'the node was cordoned').toBeGreaterThan(0)
      if (apiServer !== null) expect(done.apiServerKills, 'the API server was killed').toBeGreaterThan(0)
      const told = `${MANY_RUNS} runs: ${JSON.stringify(counts)} while ${JSON.stringify(done)}; left: 0 Jobs, pods, rows, processes`
      process.stdout.write(`${told}\n`)
    },
  )

  async function isAnyLive(): Promise<boolean> {
    const log = await openLog(errand)
    const live = await log.live()
    await log.close()
    return live > 0
  }

  /** What happens in one round, a few seconds long. */
  async function harass(round: number): Promise<void> {
    if (round % 2 === 0) await takePod(round % 4 === 0 ? 'evicted' : 'deleted')
    await errand.kill()
    done.kills++
    if (round % 10 === 3 && apiServer !== null) {
      await apiServer.killAndReturn()
      done.apiServerKills++
    }
    if (round % 6 === 1) await setCordon(true)
    await errand.start()
    await until(async () => (await place.api.text('/readyz').catch((error: Error) => error.message)) === 'ok', {
      deadlineMs: 90_000,
      what: 'an API server that is ready again',
    })
    await delay(1_000)
    done.watchCuts += api.cutAll()
    if (round % 6 === 1) {
      await setCordon(false)
      done.cordons++
    }
  }

  /** Nothing new is put on any node meanwhile. */
  async function setCordon(unschedulable: boolean): Promise<void> {
    const nodes = await place.api.get<{ items: readonly { metadata: { name: string } }[] }>('/api/v1/nodes')
    for (const { metadata } of nodes?.items ?? [])
      await place.api.patch(`/api/v1/nodes/${metadata.name}`, { spec: { unschedulable: unschedulable || null } })
  }

  async function takePod(how: 'deleted' | 'evicted'): Promise<void> {
    const { pods } = await place.look()
    const pod = pods.find(
      ({ metadata, status }) => status?.phase === 'Running' && metadata.name.startsWith('errand-run'),
    )
    if (pod === undefined) return
    const { name } = pod.metadata
    const path = `/api/v1/namespaces/${place.namespace}/pods/${name}`
    victims.add(pod.metadata.labels?.['errand.run/sandbox']?.slice('errand-'.length) ?? '')
    if (how === 'deleted') await place.api.delete(path)
    // One that ended by itself meanwhile was not evicted.
    else if (!(await place.api.evict({ namespace: place.namespace, name }))) return
    done[how]++
  }

  async function assertOutcomes(runs: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const log = await openLog(errand)
    const counts: Record<string, number> = {}
    for (const runId of runs) {
      const events = await log.read(runId as RunId)
      expect(contiguous(events.map(({ seq }) => Number(seq)))).toBe(true)
      const ends = events.flatMap(({ body }) =>
        body.type === 'run.finished' || body.type === 'run.ended' ? [body] : [],
      )
      expect(ends, `${runId} has one outcome`).toHaveLength(1)
      const outcome = ends[0]?.type === 'run.ended' ? ends[0].code : 'finished'
      if (!victims.has(runId)) expect(outcome, `${runId}: ${JSON.stringify(ends)}`).toBe('finished')
      else expect([...TAKEN, 'finished']).toContain(outcome)
      const made = events.filter(({ body }) => body.type === 'artifact.added' && body.name === 'once.txt')
      if (outcome === 'finished') expect(made, `${runId} did its work once`).toHaveLength(1)
      counts[outcome] = (counts[outcome] ?? 0) + 1
    }
    await until(async () => (await log.sandboxes()) === 0, { deadlineMs: 60_000, what: 'no row of a sandbox' })
    await log.close()
    return counts
  }
})
