import { temporaryFolder, until } from '@errand/testkit'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { processesOf } from '../harness/leftovers.ts'
import { fired, watched } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

describe('starting and stopping', () => {
  const made: Installation[] = []
  const make = async (env?: Record<string, string>) => {
    const errand = await Installation.fromNothing(env)
    made.push(errand)
    return errand
  }
  afterEach(async () => {
    for (const errand of made.splice(0)) await errand.remove()
  })

  it(proves('clean-stop'), async () => {
    const errand = await make()
    await errand.start()
    const runId = await fired(errand, ['sleep 300', '--agent', 'shell', '--no-repo'])
    await until(async () => (await must(errand, ['runs', '--json'])).includes('"running"'), { deadlineMs: 30_000 })
    expect(await errand.stop()).toBe(0)
    expect(await processesOf(errand.folder)).toEqual([])
    await errand.start()
    expect((await watched(errand, runId)).outcome).toMatchObject({ status: 'failed', code: 'run.lost' })
  })

  it(proves('clear-start', 'the port is taken'), async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const errand = await make({ ERRAND_PORT: String(port) })
    await refused(errand, /port is in use/)
    expect(await readdir(errand.folder)).not.toContain('postgres')
  })

  it(proves('clear-start', 'a second instance on the same folder'), async () => {
    const errand = await make()
    await errand.start()
    await refused(errand, /running on this data folder already/, { ERRAND_PORT: '0' })
    expect((await errand.errand(['runs'])).code).toBe(0)
  })

  it(proves('clear-start', 'a setting that does not fit is named'), async () => {
    await refused(await make(), /ERRAND_LOG_MAX_MIB/, { ERRAND_LOG_MAX_MIB: 'many' })
  })

  it(proves('clear-start', 'the data folder is a file'), async () => {
    const folder = await temporaryFolder('errand-unwritable')
    onTestFinished(folder.remove)
    await refused(await make(), /data folder cannot be written/, { ERRAND_DATA_DIR: '/proc/errand' })
  })

  async function refused(errand: Installation, words: RegExp, env: Record<string, string> = {}): Promise<void> {
    const server = errand.spawnServer(env)
    await once(server, 'exit')
    expect(server.exitCode).toBeGreaterThan(0)
    expect(errand.printed).toMatch(words)
    expect(errand.printed).not.toMatch(/at .*\.ts:\d+/)
  }
})
