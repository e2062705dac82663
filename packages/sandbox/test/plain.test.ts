import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@errand/contracts'
import { until } from '@errand/testkit'
import { noLimits } from '../cgroup/limiter.ts'
import { detectLimiter, type Executor } from '../index.ts'
import { readProcess } from '../processes.ts'
import { makePlace, type Place } from './sandboxes.ts'

const LIMITS = { memoryMib: 512, cpus: 1, pids: 100 }
const NO_ISOLATION = { why: 'this test says so', remedy: 'end this test' }

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(() => place.close())

function without(limiter = detectLimiter()): Executor {
  return place.executor({ limiter, tryIsolation: () => Promise.resolve(NO_ISOLATION) })
}

describe('a machine that cannot isolate', () => {
  test('says why and what to do, and starts nothing by itself', async () => {
    const executor = without()
    expect(await executor.capabilities()).toMatchObject({ isolation: 'none', hasOwnUid: false, ...NO_ISOLATION })
    const input = { runId: newId('run', new Date()), token: 'x', gatewayFolder: place.gatewayFolder, limits: LIMITS }
    await expect(executor.start(input)).rejects.toMatchObject({ code: 'agent.isolation-required' })
    expect(await executor.list()).toEqual([])
  })

  // Without a cgroup a process that has left the session is found by its home alone.
  const limiters = { 'with cgroups': detectLimiter, 'without cgroups': () => noLimits('this test says so') }
  for (const [title, limiter] of Object.entries(limiters)) {
    test(`runs a plain process where that is allowed, and leaves nothing of it, ${title}`, async () => {
      const executor = without(limiter())
      const runId = newId('run', new Date())
      const path = join(place.root, 'plain.mjs')
      const source = `
        import fs from 'node:fs'
        import { spawn } from 'node:child_process'
        const boot = JSON.parse(fs.readFileSync(0, 'utf8'))
        const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore', env: { HOME: boot.home } })
        console.log(JSON.stringify({ ...boot, child: child.pid, home: process.env.HOME, variables: Object.keys(process.env).sort() }))
        setInterval(() => {}, 60_000)`
      await writeFile(path, source)
      await executor.start({
        runId,
        token: 'x',
        gatewayFolder: place.gatewayFolder,
        limits: LIMITS,
        withoutIsolation: 'run-as-plain-process',
        program: { path, boot: {} },
      })
      const text = await until(async () => (await executor.printed(runId)) || null)
      const said = JSON.parse(text) as { workspace: string; home: string; child: number; variables: readonly string[] }
      expect(said).toMatchObject({
        token: 'x',
        workspace: join(place.folder, runId, 'workspace'),
        home: join(place.folder, runId, 'home'),
      })
      expect(said.variables.filter((name) => !['PATH', 'LANG', 'HOME', 'TMPDIR'].includes(name))).toEqual([
        'OLDPWD',
        'PWD',
        'SHLVL',
        '_',
      ])
      expect((await executor.look(runId)).kind).toBe('running')
      await executor.kill(runId)
      expect(await readProcess(said.child)).toBeNull()
      expect((await executor.look(runId)).kind).toBe('exited')
      await executor.remove(runId)
      await until(async () => !(await readdir(place.folder)).some((name) => name.includes(runId)))
    })
  }
})
