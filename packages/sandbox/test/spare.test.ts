import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@errand/contracts'
import { until } from '@errand/testkit'
import type { Executor } from '../index.ts'
import { allProcesses } from '../processes.ts'
import { LIMITS, makePlace, type Place, TOKEN } from './sandboxes.ts'

const SPARE = join(import.meta.dirname, 'programs', 'spare.ts')

let place: Place
let executor: Executor
beforeAll(async () => {
  place = await makePlace()
  executor = place.executor()
})
afterAll(() => place.close())

const spare = async () => {
  const made = await executor.spare({ gatewayFolder: place.gatewayFolder, limits: LIMITS })
  if (made === null) throw new Error('nothing isolates here')
  return made
}
const unnamed = async () => (await readdir(place.folder)).filter((name) => name.startsWith('.new-'))
/** Launchers of sandboxes that lie here. */
const launchers = async () => {
  const texts = await Promise.all(
    (await allProcesses()).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return texts.filter((text) => text.includes('launcher.sh') && text.includes(place.folder))
}

describe('a sandbox that waits for a run', () => {
  test('has been there before the run is, and from then on is the run’s like any other', async () => {
    const waiting = await spare()
    const [name = ''] = await unnamed()
    await until(async () => (await readFile(join(place.folder, name, 'runner.log'), 'utf8')) === 'waits\n')
    await executor.tidy()
    expect(waiting.isWaiting()).toBe(true)
    expect(await executor.list()).toEqual([])
    const runId = newId('run', new Date())
    const before = Date.now()
    expect(await waiting.use({ runId, token: TOKEN })).toEqual({ limits: 'memory 512 MiB, 1 CPU, 100 processes' })
    const line = await until(async () => /^\{.*\}$/m.exec(await place.printed(runId))?.[0])
    const said = JSON.parse(line) as Record<string, unknown>
    expect(said).toMatchObject({ token: TOKEN, workspace: '/workspace', gateway: { path: '/run/errand/gateway.sock' } })
    const seen = await place.executor().look(runId)
    expect(seen.kind === 'running' && seen.since.getTime()).toBeGreaterThanOrEqual(before)
    await expect(waiting.use({ runId: newId('run', new Date()), token: TOKEN })).rejects.toThrow(/used/)
    await waiting.end()
    expect((await executor.look(runId)).kind).toBe('running')
    await executor.kill(runId)
    await executor.remove(runId)
    expect(await executor.look(runId)).toEqual({ kind: 'nothing' })
    expect(await unnamed()).toEqual([])
    expect(await launchers()).toEqual([])
  })

  test('leaves nothing when it is not wanted any more, or when the executor closes', async () => {
    const unwanted = await spare()
    await unwanted.end()
    expect(unwanted.isWaiting()).toBe(false)
    const another = place.executor()
    await another.spare({ gatewayFolder: place.gatewayFolder, limits: LIMITS })
    await another.close()
    expect(await another.spare({ gatewayFolder: place.gatewayFolder, limits: LIMITS })).toBeNull()
    expect(await unnamed()).toEqual([])
    expect(await launchers()).toEqual([])
  })

  test('ends by itself when its server is killed, and the next server takes away what is left', async () => {
    const server: ChildProcess = spawn(process.execPath, [SPARE, place.folder, place.gatewayFolder, place.runnerPath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(server.stdout ?? server, 'data')
    expect(await unnamed()).toHaveLength(1)
    server.kill('SIGKILL')
    await until(async () => (await launchers()).length === 0, { what: 'the end of the spare sandbox' })
    await executor.tidy()
    await until(async () =>
      (await readdir(place.folder)).every((name) => !name.startsWith('.new-') && !name.startsWith('.gone-')),
    )
  })
})
