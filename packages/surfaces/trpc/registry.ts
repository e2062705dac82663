import { searchRegistry } from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

/** The registry of MCP servers that this Errand is set to. */
export const registry = router({
  /** Newest versions only; nothing typed gives its first page. */
  search: procedure
    .input(z.strictObject({ text: z.string().trim().max(200) }))
    .query(({ ctx, input }) => searchRegistry(ctx.actor, input, ctx.engine)),
})
