/** Claude Code takes some 300 MB, and what it builds and tests comes on top. */
const MIB_PER_RUN = 1024
const RUNS_PER_CORE = 4

/** How many runs may live at once where the settings say nothing: a run mostly waits for a model, so cores are shared. */
export function defaultLiveRuns({ cores, memoryMib }: { cores: number; memoryMib: number }): number {
  return Math.max(1, Math.min(cores * RUNS_PER_CORE, Math.floor((memoryMib * 0.75) / MIB_PER_RUN)))
}
