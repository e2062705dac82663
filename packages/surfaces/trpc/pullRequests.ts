import { idSchema, pullTextSchema, repositoryRefSchema } from '@errand/contracts'
import { draftPull, listPulls, openPull, refreshPull } from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const runId = idSchema('run')
/** Without a repository: the first whose work was pushed to a host. */
const which = z.strictObject({ runId, repository: repositoryRefSchema.optional() })

export const pullRequests = router({
  /** What one would say, from what came of the run. It asks the host for nothing but its default branch. */
  draft: procedure
    .input(which)
    .query(({ ctx, input }) => draftPull(ctx.actor, { ...input, address: ctx.system.info().address }, ctx.engine)),
  /** Asking twice gives the same one. */
  open: procedure
    .input(which.extend({ text: pullTextSchema }))
    .mutation(({ ctx, input }) => openPull(ctx.actor, input, ctx.engine)),
  list: procedure
    .input(z.strictObject({ runId }))
    .query(({ ctx, input }) => listPulls(ctx.actor, input.runId, ctx.engine)),
  refresh: procedure
    .input(z.strictObject({ id: idSchema('pull') }))
    .mutation(({ ctx, input }) => refreshPull(ctx.actor, input.id, ctx.engine)),
})
