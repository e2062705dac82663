import { belowReaper } from '@errand/contracts'

/**
 * Never returns in process 1, which owes its namespace what Node cannot do: a reaper takes its place and the runner
 * starts again below it. Where the sandbox has a first process of its own nothing happens, and the start-up time of a
 * second Node is saved. Has to run before standard input is read: the boot line is for the process below.
 */
export function becomeReapedRunner(env: NodeJS.ProcessEnv): void {
  if (process.pid !== 1 || process.execve === undefined) return
  const [shell, ...args] = belowReaper([process.execPath, ...process.argv.slice(1)])
  process.execve(shell, [shell, ...args], env)
}
