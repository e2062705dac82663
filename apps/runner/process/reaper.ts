/**
 * What a first process owes its namespace: taking away the processes whose parents are gone. Node only waits for
 * children that it started itself, so orphans would stay as zombies and use up the sandbox's process limit. A shell
 * waits for any child. So when the runner finds itself to be process 1, it puts a shell in its place and runs below it.
 * The shell sets no trap: what has none, a first process never gets from inside its namespace, so the agent cannot end it.
 * Where the sandbox brings a first process of its own (bubblewrap without `--as-pid-1`, an init in a pod), nothing
 * happens and the start-up time of a second Node is saved. Standard input goes over descriptor 3, because a shell gives
 * /dev/null to what it starts in the background.
 */
const REAPER = `
exec 3<&0
"$@" <&3 3<&- &
runner=$!
exec 3<&- </dev/null
while kill -0 $runner 2>/dev/null; do wait $runner; code=$?; done
exit $code`

/** Never returns in process 1. Has to run before standard input is read: the boot line is for the process below. */
export function becomeReapedRunner(env: NodeJS.ProcessEnv): void {
  if (process.pid !== 1 || process.execve === undefined) return
  process.execve('/bin/sh', ['sh', '-c', REAPER, 'reaper', process.execPath, ...process.argv.slice(1)], env)
}
