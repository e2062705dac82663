import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

function withCanary(text: string, canaries: readonly string[]): readonly string[] {
  return canaries.filter((canary) => text.includes(canary))
}

async function filesWith(folder: string, canaries: readonly string[]): Promise<readonly string[]> {
  if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`)
  const patterns = canaries.flatMap((canary) => ['-e', canary])
  const grep = promisify(execFile)('grep', ['-rlaF', '--devices=skip', ...patterns, folder], { maxBuffer: 2 ** 24 })
  const { stdout } = await grep.catch((error: { code?: number; stdout?: string }) => {
    // 1: nothing found. 2 with output: files that vanished while it read.
    if (error.code === 1 || error.code === 2) return { stdout: error.stdout ?? '' }
    throw error
  })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Environments and command lines of every process but this one, which made the canaries up. */
async function processesWith(canaries: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    for (const part of ['environ', 'cmdline']) {
      const text = await readFile(`/proc/${pid}/${part}`, 'latin1').catch(() => '')
      if (withCanary(text, canaries).length > 0) found.push(`${pid} ${part}`)
    }
  }
  return found
}
