import type { AppRouter } from '@errand/surfaces'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'

/** What each procedure takes and gives: `RouterOutputs['runs']['get']`. */
export type RouterInputs = inferRouterInputs<AppRouter>
export type RouterOutputs = inferRouterOutputs<AppRouter>
