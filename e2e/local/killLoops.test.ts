import { until } from '@errand/testkit'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { KILL_ROUNDS } from '../harness/counts.ts'
import { Installation } from '../harness/installation.ts'
import { killIfThere, processesOf, processesOfRun } from '../harness/leftovers.ts'
import { artifactOf, contiguous, fired, type Followed, watched } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const LIVE = 8

/** Writes for a while and leaves a file whose content proves that it ran once and to its end. */
const SCRIPT = `for i in $(seq 1 12); do echo "line $i"; sleep 0.1; done; echo "$ERRAND_RUN_ID" >> "$ERRAND_ARTIFACTS/once.txt"`

describe('kill -9', () => {
  let errand: Installation
  afterEach(() => errand.remove())

  async function fire(): Promise<string[]> {
    return Promise.all(Array.from({ length: LIVE }, () => fired(errand, [SCRIPT, '--agent', 'shell', '--no-repo'])))
  }

  async function begin(): Promise<void> {
    errand = await Installation.make()
    await errand.start()
    await must(errand, ['settings', 'set', 'maxLiveRuns', String(LIVE)])
  }

  /** Waits until some of the runs are live, so that the kill hits them in the middle. */
  async function live(): Promise<void> {
    await until(async () => (await must(errand, ['runs', '--json'])).includes('"running"'), {
      deadlineMs: 30_000,
      what: 'a live run',
    })
  }

  async function outcomes(runs: readonly string[]): Promise<Followed[]> {
    return Promise.all(runs.map((runId) => watched(errand, runId)))
  }

  async function assertWhole(done: readonly Followed[], allowed: readonly string[]): Promise<void> {
    for (const run of done) {
      expect(contiguous(run.seqs)).toBe(true)
      const ends = run.events.filter((event) => event.type === 'run.finished' || event.type === 'run.ended')
      expect(ends, `${run.runId} has one outcome`).toHaveLength(1)
      expect(allowed).toContain(run.outcome.code ?? run.outcome.status)
      if (run.outcome.status !== 'succeeded') continue
      const once = artifactOf(run.outcome, 'once.txt')
      expect(await must(errand, ['artifacts', 'get', once.id])).toBe(`${run.runId}\n`)
    }
  }

  it(proves('survives-kills', 'of the server: every live run goes on and succeeds'), async () => {
    await begin()
    const runs = await fire()
    for (let round = 0; round < KILL_ROUNDS; round++) {
      if (round % 5 === 0) runs.push(...(await fire()))
      await errand.kill()
      await errand.start()
    }
    await assertWhole(await outcomes(runs), ['succeeded'])
    await errand.stop()
    expect(await processesOf(errand.folder)).toEqual([])
  })

  it(proves('survives-kills', 'of Postgres: it comes back by itself and every run succeeds'), async () => {
    await begin()
    const runs = await fire()
    for (let round = 0; round < KILL_ROUNDS; round++) {
      if (round % 5 === 0) runs.push(...(await fire()))
      const pid = Number((await readFile(join(errand.folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(pid, 'SIGKILL')
      await until(async () => (await errand.errand(['runs'])).code === 0, {
        deadlineMs: 30_000,
        what: 'a database that answers',
      })
    }
    await assertWhole(await outcomes(runs), ['succeeded'])
  })

  it(proves('survives-kills', 'of a runner: that run is lost in words, the others succeed'), async () => {
    const victims = LIVE / 2
    await begin()
    for (let killed = 0; killed < KILL_ROUNDS; killed += victims) {
      const runs = await fire()
      await live()
      for (const victim of runs.slice(0, victims)) {
        for (const pid of await processesOfRun(errand.folder, victim)) if (pid !== errand.pid) killIfThere(pid)
      }
      const done = await outcomes(runs)
      await assertWhole(done, ['succeeded', 'run.lost', 'run.never-started'])
      expect(done.slice(victims).map((run) => run.outcome.status)).toEqual(Array(LIVE - victims).fill('succeeded'))
      for (const runId of runs) expect(await processesOf(runId)).toEqual([])
    }
  })

  it(proves('survives-kills', 'of everything at once: one outcome each, nothing left'), async () => {
    await begin()
    const runs: string[] = []
    for (let round = 0; round < KILL_ROUNDS; round++) {
      if (round % 5 === 0) runs.push(...(await fire()))
      for (const { pid } of await processesOf(errand.folder)) killIfThere(pid)
      await errand.kill()
      await errand.start()
    }
    await assertWhole(await outcomes(runs), ['succeeded', 'run.lost', 'run.never-started'])
    await errand.stop()
    expect(await processesOf(errand.folder)).toEqual([])
  })
})
