import { createRunSchema, idSchema, runDraftSchema, RUN_STATUSES } from '@errand/contracts'
import { RUN_GROUPS } from '@errand/domain'
import {
  cancelRuns,
  createRuns,
  keepDraft,
  listDrafts,
  markAllSeen,
  markRuns,
  pickWinner,
  preflightRun,
  readBatch,
  readDraft,
  readListedRuns,
  readRunGroup,
  readRunGroups,
  removeDraft,
  retryRuns,
  saveDraft,
  searchRuns,
  watchRuns,
} from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const runId = idSchema('run')
const runIds = z.strictObject({ runIds: z.array(runId).min(1).max(100) })
const limit = z.int().min(1).max(100).default(20)

/** Somebody's runs by what they need, the live changes among them, and what is done with several at once. */
export const runLists = {
  groups: procedure
    .input(z.strictObject({ limit }))
    .query(({ ctx, input }) => readRunGroups(ctx.actor, input, ctx.engine)),
  group: procedure
    .input(z.strictObject({ group: z.enum(RUN_GROUPS), before: runId.optional(), limit }))
    .query(({ ctx, input }) => readRunGroup(ctx.actor, input, ctx.engine)),
  rows: procedure.input(runIds).query(({ ctx, input }) => readListedRuns(ctx.actor, input.runIds, ctx.engine)),
  batch: procedure
    .input(z.strictObject({ batchId: idSchema('batch') }))
    .query(({ ctx, input }) => readBatch(ctx.actor, input.batchId, ctx.engine)),
  pickWinner: procedure
    .input(z.strictObject({ batchId: idSchema('batch'), runId: runId.nullable() }))
    .mutation(({ ctx, input }) => pickWinner(ctx.actor, input, ctx.engine)),
  search: procedure
    .input(
      z.strictObject({
        before: runId.optional(),
        limit,
        text: z.string().max(200).optional(),
        status: z.array(z.enum(RUN_STATUSES)).optional(),
        agent: z.string().max(100).optional(),
        repository: z.string().max(2000).optional(),
        archive: z.enum(['all', 'kept', 'archived']).optional(),
      }),
    )
    .query(({ ctx, input }) => searchRuns(ctx.actor, input, ctx.engine)),

  /** Ids alone, at most four times a second; whoever shows them reads them again. After a break it begins with `all`. */
  changes: procedure.subscription(async function* ({ ctx, signal }) {
    const stop = signal ?? new AbortController().signal
    for await (const change of watchRuns(ctx.actor, { signal: stop }, ctx.engine)) {
      yield change
      await ctx.whenWritable()
    }
  }),

  createMany: procedure
    .input(createRunSchema.extend({ attempts: z.int().min(2).max(10) }))
    .mutation(({ ctx, input }) => createRuns(ctx.actor, input, ctx.engine)),
  cancelMany: procedure.input(runIds).mutation(({ ctx, input }) => cancelRuns(ctx.actor, input.runIds, ctx.engine)),
  retryMany: procedure.input(runIds).mutation(({ ctx, input }) => retryRuns(ctx.actor, input.runIds, ctx.engine)),
  mark: procedure
    .input(
      z.strictObject({
        runIds: z.array(runId).min(1).max(1000),
        isSeen: z.boolean().optional(),
        isArchived: z.boolean().optional(),
      }),
    )
    .mutation(({ ctx, input }) => markRuns(ctx.actor, input, ctx.engine)),
  markAllSeen: procedure.mutation(({ ctx }) => markAllSeen(ctx.actor, ctx.engine)),

  /** What stands in the way of this task, and what similar ones took. */
  preflight: procedure
    .input(createRunSchema.omit({ prompt: true, inputs: true, idempotencyKey: true }))
    .query(({ ctx, input }) => preflightRun(ctx.actor, input, ctx.engine)),
}

export const drafts = router({
  /** The one being written, on whatever device. */
  current: procedure.query(({ ctx }) => readDraft(ctx.actor, ctx.engine)),
  save: procedure
    .input(z.strictObject({ draft: runDraftSchema.nullable() }))
    .mutation(({ ctx, input }) => saveDraft(ctx.actor, input.draft, ctx.engine)),
  list: procedure.query(({ ctx }) => listDrafts(ctx.actor, ctx.engine)),
  keep: procedure
    .input(z.strictObject({ draft: runDraftSchema }))
    .mutation(({ ctx, input }) => keepDraft(ctx.actor, input.draft, ctx.engine)),
  remove: procedure
    .input(z.strictObject({ id: idSchema('draft') }))
    .mutation(({ ctx, input }) => removeDraft(ctx.actor, input.id, ctx.engine)),
})
