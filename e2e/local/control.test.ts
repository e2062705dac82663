import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { processesOf } from '../harness/leftovers.ts'
import { fired, watched } from '../harness/runs.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

describe('a person in control', () => {
  let errand: Installation

  beforeAll(async () => {
    errand = await Installation.make()
    await errand.start()
    await must(errand, ['settings', 'set', 'maxLiveRuns', '1'])
  })
  afterAll(() => errand.remove())

  const shell = (script: string) => fired(errand, [script, '--agent', 'shell', '--no-repo'])
  const saw = async (runId: string, type: string) => {
    const { stdout } = await errand.errand(['runs', '--json'])
    return stdout.includes(runId) && (await statusOf(runId)) === type
  }
  const statusOf = async (runId: string) => {
    const { stdout } = await errand.errand(['runs', '--json'])
    const line = stdout.split('\n').find((one) => one.includes(runId))
    return (JSON.parse(line ?? '{}') as { status?: string }).status
  }

  it(
    proves('cancel-everywhere', 'while it runs, while it waits in line, and when it ignores every signal'),
    async () => {
      const stubborn = await shell('trap "" TERM INT HUP; setsid sleep 300 & while :; do sleep 1; done')
      const waiting = await shell('true')
      await until(() => saw(stubborn, 'running'), { deadlineMs: 30_000 })

      const queued = await errand.errand(['cancel', waiting])
      expect(queued.code).toBe(0)
      expect((await watched(errand, waiting)).outcome).toMatchObject({ status: 'cancelled', code: 'run.cancelled' })

      const live = await errand.errand(['cancel', stubborn])
      expect(live.code).toBe(0)
      expect(live.stdout + live.stderr).toMatch(/gone/)
      expect(await processesOf(stubborn)).toEqual([])
      const { outcome, exit } = await watched(errand, stubborn)
      expect(outcome).toMatchObject({ status: 'cancelled', code: 'run.cancelled' })
      expect(exit).toBe(4)
    },
  )

  it(proves('cancel-everywhere', 'once it is over there is nothing left to cancel'), async () => {
    const runId = await shell('true')
    await watched(errand, runId)
    const over = await errand.errand(['cancel', runId])
    expect(over.stdout + over.stderr).toContain('over')
  })

  it(proves('cancel-everywhere', 'what was done until then is kept'), async () => {
    const runId = await shell('echo half > "$ERRAND_ARTIFACTS/half.txt"; echo ready; sleep 300')
    await until(() => saw(runId, 'running'), { deadlineMs: 30_000 })
    await until(async () => (await must(errand, ['runs', '--json'])).includes('running'), { deadlineMs: 10_000 })
    await must(errand, ['cancel', runId])
    const { outcome } = await watched(errand, runId)
    expect(outcome.artifacts.map((one) => one.name)).toContain('half.txt')
  })

  it(proves('detach'), async () => {
    const cli = errand.spawnErrand([
      'run',
      'echo first; sleep 4; echo last',
      '--agent',
      'shell',
      '--no-repo',
      '--follow',
    ])
    let printed = ''
    cli.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    cli.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    await until(() => printed.includes('first'), { deadlineMs: 30_000, what: 'the first line' })
    cli.kill('SIGINT')
    await until(() => cli.exitCode !== null, { deadlineMs: 5_000, what: 'the end of the command' })
    expect(cli.exitCode).toBe(130)
    expect(printed).toMatch(/goes on/)
    const runId = /run[0-9a-z]{26}/.exec(printed)?.[0] ?? ''
    expect((await watched(errand, runId)).outcome.status).toBe('succeeded')
  })
})
