import { tmpdir } from 'node:os'
import { NO_BOOT_EXIT, NoBootLine, type RunnerBoot } from '@errand/contracts'
import { readBoot } from './boot.ts'
import { systemClock } from './clock.ts'
import { becomeBridge } from './cluster/becomeBridge.ts'
import { enterRun, type Given, type WallStep } from './cluster/enter.ts'
import { readConfig, type RunnerConfig } from './config.ts'
import { Halt } from './halt.ts'
import { isAlone } from './process/leftovers.ts'
import { becomeReapedRunner } from './process/reaper.ts'
import { rehearseWhileWaiting } from './rehearse.ts'
import { runRunner } from './runner.ts'

interface Start {
  readonly boot: RunnerBoot
  readonly wall: WallStep | null
  readonly given: Given | null
}

const config = readConfig()
becomeReapedRunner(config.environment)
// Not awaited here: a bundle that is no ES module starts sooner.
void main(config)

async function main({ place, path }: RunnerConfig): Promise<never> {
  const wasAlone = place !== null && isAlone()
  // An agent that ends its own servers with `pkill -f node` means them, not us.
  process.title = 'errand-runner'
  const halt = new Halt()
  process.on('SIGTERM', () => (place === null ? halt.request('cancelled') : process.exit(143)))
  process.on('SIGINT', () => halt.request('cancelled'))
  process.on('SIGHUP', () => undefined)
  await runRunner(await start(place, path), { clock: systemClock, halt, config, wasAlone })
  return process.exit(0)
}

async function start(place: RunnerConfig['place'], path: string): Promise<Start> {
  if (place === null) {
    const callOff = rehearseWhileWaiting(tmpdir(), systemClock)
    const line = await readBoot(process.stdin).catch((error: unknown) => {
      if (error instanceof NoBootLine) process.exit(NO_BOOT_EXIT)
      throw error
    })
    callOff()
    process.stdin.destroy()
    return { boot: line, wall: null, given: null }
  }
  const deps = { clock: systemClock, random: Math.random, startedAt: performance.timeOrigin }
  const entrance = await enterRun(place, deps)
  if (entrance.kind === 'run') return entrance
  if (entrance.kind === 'bridge') return process.exit(await becomeBridge(entrance.boot, path))
  if (entrance.words !== null) process.stderr.write(`${entrance.words}\n`)
  return process.exit(entrance.words === null ? 0 : 1)
}
