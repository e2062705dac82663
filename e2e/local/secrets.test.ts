import { join } from 'node:path'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesWith, processesWith, withCanary } from '../harness/canaries.ts'
import { fired, followed, watched } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

describe('secrets', () => {
  let world: World
  let canaries: readonly string[]

  beforeAll(async () => {
    world = await startWorld()
    await world.gitHost.create('acme/app.git', [{ 'README.md': 'app\n' }])
    const basic = Buffer.from(`${world.gitHost.username}:${world.gitHost.password}`).toString('base64')
    canaries = [world.key, world.gitHost.password, basic]
  })
  afterAll(() => world.close())

  it(proves('no-secret-anywhere', 'while the run is live: no process and no file of the sandbox has it'), async () => {
    const repo = `${world.gitHost.url}/acme/app.git`
    const runId = await fired(world.errand, ['[[stub:long-bash]] wait', '--agent', 'scripted', '--repo', repo])
    await until(async () => (await must(world.errand, ['runs', '--json'])).includes('"running"'), {
      deadlineMs: 30_000,
    })
    const sandbox = join(world.errand.folder, 'sandboxes', runId)
    expect(await filesWith(sandbox, canaries)).toEqual([])
    expect(await processesWith(canaries)).toEqual([])
    await must(world.errand, ['cancel', runId])
  })

  it(
    proves('no-secret-anywhere', 'after a whole run: no column, log line, event, artifact or address has it'),
    async () => {
      const repo = `${world.gitHost.url}/acme/app.git`
      const looks = await followed(world.errand, [
        '[[stub:environment]] look around',
        '--agent',
        'scripted',
        '--repo',
        repo,
      ])
      expect(looks.outcome.status).toBe('succeeded')
      const works = await followed(world.errand, [
        '[[stub:write-edit-commit]] add a note',
        '--agent',
        'scripted',
        '--repo',
        repo,
      ])
      expect(works.outcome.changes).toHaveLength(1)
      for (const run of [looks, works]) {
        expect(withCanary(JSON.stringify(run), canaries)).toEqual([])
        for (const { id } of run.outcome.artifacts) {
          expect(withCanary(await must(world.errand, ['artifacts', 'get', id]), canaries)).toEqual([])
        }
      }
      expect(withCanary(JSON.stringify(await watched(world.errand, works.runId)), canaries)).toEqual([])
      // Log, blobs, database files and WAL, keys, everything: the data folder as a thief would find it.
      expect(await filesWith(world.errand.folder, canaries)).toEqual([])
      expect(await processesWith(canaries)).toEqual([])
      expect(
        world.model.calls.map((call) => call.target).filter((url) => withCanary(url, canaries).length > 0),
      ).toEqual([])
    },
  )
})
