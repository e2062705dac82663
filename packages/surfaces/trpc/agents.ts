import { agentSpecSchema, nameSchema } from '@errand/contracts'
import {
  agentInDocument,
  deleteAgent,
  draftDocument,
  dropAgentDraft,
  keepAgentDraft,
  listAgents,
  listVersions,
  readAgent,
  readAgentDraft,
  readAgentDrafts,
  saveAgent,
  saveAgentDocument,
  switchAgent,
} from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const named = z.strictObject({ name: nameSchema })
const specified = named.extend({ spec: agentSpecSchema })
const documented = named.extend({ source: z.string().max(1_000_000) })
const based = { baseVersion: z.int().min(0), note: z.string().max(500).optional() }

export const agents = router({
  list: procedure.query(({ ctx }) => listAgents(ctx.actor, ctx.engine)),
  get: procedure.input(named).query(({ ctx, input }) => readAgent(ctx.actor, input.name, ctx.engine)),
  versions: procedure.input(named).query(({ ctx, input }) => listVersions(ctx.actor, input.name, ctx.engine)),

  /** The next version while somebody works on it: one an agent, the same on every device. */
  drafts: procedure.query(({ ctx }) => readAgentDrafts(ctx.actor, ctx.engine)),
  draft: procedure.input(named).query(({ ctx, input }) => readAgentDraft(ctx.actor, input.name, ctx.engine)),
  keepDraft: procedure
    .input(specified.extend({ baseVersion: z.int().min(0) }))
    .mutation(({ ctx, input }) => keepAgentDraft(ctx.actor, input, ctx.engine)),
  dropDraft: procedure.input(named).mutation(({ ctx, input }) => dropAgentDraft(ctx.actor, input.name, ctx.engine)),

  save: procedure.input(specified.extend(based)).mutation(({ ctx, input }) => saveAgent(ctx.actor, input, ctx.engine)),
  saveDocument: procedure
    .input(documented.extend(based))
    .mutation(({ ctx, input }) => saveAgentDocument(ctx.actor, input, ctx.engine)),
  /** The YAML that an agent with this specification would have, and back. */
  document: procedure.input(specified).query(({ ctx, input }) => draftDocument(ctx.actor, input, ctx.engine)),
  inDocument: procedure.input(documented).mutation(({ input }) => agentInDocument(input)),

  switch: procedure
    .input(named.extend({ isOn: z.boolean() }))
    .mutation(({ ctx, input }) => switchAgent(ctx.actor, input, ctx.engine)),
  remove: procedure.input(named).mutation(({ ctx, input }) => deleteAgent(ctx.actor, input.name, ctx.engine)),
})
