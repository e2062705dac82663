/**
 * What a first process owes its namespace: taking away the processes whose parents are gone. Node only waits for
 * children that it started itself, so orphans would stay as zombies and use up the sandbox's process limit. A shell
 * waits for any child. It sets no trap: what has none, a first process never gets from inside its namespace, so the
 * agent cannot end it. Standard input goes over descriptor 3, because a shell gives /dev/null to what it starts in the
 * background.
 */
const REAPER = `
exec 3<&0
"$@" <&3 3<&- &
runner=$!
exec 3<&- </dev/null
while kill -0 $runner 2>/dev/null; do wait $runner; code=$?; done
exit $code`

/** The command line of a first process that runs `command` below it and ends with its exit code. */
export function belowReaper(command: readonly string[]): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', REAPER, 'reaper', ...command]
}
