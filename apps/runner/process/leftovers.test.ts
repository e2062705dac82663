import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { isAlone, killLeftovers } from './leftovers.ts'

test('on a machine with other things to do, nobody is alone, and only what carries the run’s id is killed', async () => {
  expect(isAlone()).toBe(false)
  const start = (env: NodeJS.ProcessEnv) => spawn('sleep', ['60'], { env: { PATH: process.env['PATH'], ...env } })
  const [own, other] = [start({ ERRAND_RUN_ID: 'run-of-this-test' }), start({ ERRAND_RUN_ID: 'run-of-another' })]
  await Promise.all([once(own, 'spawn'), once(other, 'spawn')])
  const ended = once(own, 'exit')
  expect(await killLeftovers('run-of-this-test', { clock: systemClock, wasAlone: false })).toBe(1)
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(other.exitCode ?? other.signalCode).toBeNull()
  other.kill()
})
