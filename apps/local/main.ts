import { toFault } from '@errand/contracts'
import { readConfig } from './config.ts'
import { exitCodeOf } from './start/exitCodes.ts'
import { terminalProgress } from './start/progress.ts'
import { faultLines, startErrand } from './start.ts'

const progress = terminalProgress(process.stdout)
try {
  const { address, isIsolated, machine } = await startErrand(readConfig(), progress)
  if (!isIsolated) progress.say('', ...machine.map((words) => `! ${words}`))
  progress.say(
    '',
    `Errand is up: ${address}`,
    '',
    '  bin/errand run "Fix the failing test" --follow',
    '  bin/errand doctor',
    '',
    'Ctrl-C stops it.',
  )
} catch (error) {
  // Before anything was made there is no log yet; afterwards the start itself has said what happened and ends us.
  const fault = toFault(error)
  progress.say(...faultLines(fault, null))
  if (fault.code === 'internal.error') progress.say(String(error instanceof Error ? error.stack : error))
  process.exitCode = exitCodeOf(fault.code)
}
