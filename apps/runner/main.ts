import { readBoot } from './boot.ts'
import { systemClock } from './clock.ts'
import { readConfig } from './config.ts'
import { Halt } from './halt.ts'
import { becomeReapedRunner } from './process/reaper.ts'
import { runRunner } from './runner.ts'

const config = readConfig()
becomeReapedRunner(config.environment)

// An agent that ends its own servers with `pkill -f node` means them, not us.
process.title = 'errand-runner'

const halt = new Halt()
process.on('SIGTERM', () => halt.request('cancelled'))
process.on('SIGINT', () => halt.request('cancelled'))
process.on('SIGHUP', () => undefined)

const boot = await readBoot(process.stdin)
process.stdin.destroy()
await runRunner(boot, { clock: systemClock, halt, config })
process.exit(0)
