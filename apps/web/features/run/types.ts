import type { RouterOutputs } from '../../trpc/types.ts'

/** A run as `runs.get` gives it; on the run page its state is the folded one, which is never older. */
export type RunView = RouterOutputs['runs']['get']
