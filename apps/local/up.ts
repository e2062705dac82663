import { toFault } from '@errand/contracts'
import { readConfig } from './config.ts'
import { exitCodeOf } from './start/exitCodes.ts'
import { networkAddresses } from './start/networkAddresses.ts'
import { terminalProgress } from './start/progress.ts'
import { welcomeLines } from './start/welcome.ts'
import { faultLines, startErrand } from './start.ts'

const progress = terminalProgress(process.stdout)
try {
  const config = readConfig()
  const { isIsolated, machine, ...up } = await startErrand(config, progress)
  if (!isIsolated) progress.say('', ...machine.map((words) => `! ${words}`))
  progress.say(...welcomeLines({ ...up, host: config.host, networkAddresses: networkAddresses() }))
} catch (error) {
  // Before anything was made there is no log yet; afterwards the start itself has said what happened and ends us.
  const fault = toFault(error)
  progress.say(...faultLines(fault, null))
  if (fault.code === 'internal.error') progress.say(String(error instanceof Error ? error.stack : error))
  process.exitCode = exitCodeOf(fault.code)
}
