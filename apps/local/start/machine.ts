import type { Capabilities, Executor } from '@errand/sandbox'

/** Claude Code takes some 300 MB, and what it builds and tests comes on top. */
const MIB_PER_RUN = 1024
const RUNS_PER_CORE = 4

/** How many runs may live at once where the settings say nothing: a run mostly waits for a model, so cores are shared. */
export function defaultLiveRuns({ cores, memoryMib }: { cores: number; memoryMib: number }): number {
  return Math.max(1, Math.min(cores * RUNS_PER_CORE, Math.floor((memoryMib * 0.75) / MIB_PER_RUN)))
}

/**
 * What the machine can do, as last seen. While it cannot isolate, each look at it asks again for the next one: what is
 * missing may be installed while Errand runs.
 */
export async function seenMachine(executor: Pick<Executor, 'capabilities'>): Promise<() => Capabilities> {
  let seen = await executor.capabilities()
  return () => {
    if (seen.isolation === 'none') void executor.capabilities().then((now) => (seen = now))
    return seen
  }
}
