import { FAULTS } from '@errand/contracts'
import { initTRPC } from '@trpc/server'
import type { TrpcContext } from './context.ts'
import { errorShape, faultOf } from './errors.ts'

const t = initTRPC.context<TrpcContext>().create({ isDev: false, errorFormatter: errorShape })

export const router = t.router

/**
 * A procedure for whoever has a token: `ctx.actor` is who asks. One wide event per call; a subscription's is written
 * when it has been opened.
 */
export const procedure = t.procedure.use(async ({ ctx, path, type, next }) => {
  const began = performance.now()
  const actor = await ctx.authenticate()
  const result = await next({ ctx: { actor } })
  const fields = { op: `rpc.${path}`, orgId: actor.orgId, ms: Math.round(performance.now() - began), ok: result.ok }
  if (result.ok) {
    if (type === 'query') ctx.log.debug(fields, 'answered')
    else ctx.log.info(fields, 'answered')
    return result
  }
  const fault = faultOf(result.error)
  ctx.log[FAULTS[fault.code].level]({ ...fields, requestId: ctx.requestId, code: fault.code, error: fault }, 'refused')
  return result
})
