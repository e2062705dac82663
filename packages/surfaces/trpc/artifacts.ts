import { idSchema } from '@errand/contracts'
import { listArtifacts } from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

export const artifacts = router({
  list: procedure
    .input(z.strictObject({ runId: idSchema('run') }))
    .query(({ ctx, input }) => listArtifacts(ctx.actor, input.runId, ctx.engine)),
})
