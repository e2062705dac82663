import {
  answerSchema,
  createRunSchema,
  Fault,
  followUpSchema,
  idSchema,
  noteTimeSchema,
  RUN_STATUSES,
  runChangeSchema,
  type RunId,
} from '@errand/contracts'
import {
  type Actor,
  allowHost,
  answerQuestion,
  cancelRun,
  createRun,
  type EngineDeps,
  followUpRun,
  listRuns,
  readEvents,
  readHeard,
  readRun,
  readRunFacts,
  removeNote,
  retryRun,
  sendNote,
  watchEvents,
} from '@errand/engine'
import { tracked } from '@trpc/server'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'
import { runLists } from './runLists.ts'

const runId = idSchema('run')
const theRun = z.strictObject({ runId })

export const runs = router({
  ...runLists,

  create: procedure.input(createRunSchema).mutation(({ ctx, input }) => createRun(ctx.actor, input, ctx.engine)),
  cancel: procedure.input(theRun).mutation(({ ctx, input }) => cancelRun(ctx.actor, input.runId, ctx.engine)),
  /** The same task again. `isFromBranch`: on what the old run pushed, so that nothing is done twice. */
  retry: procedure
    .input(z.strictObject({ runId, change: runChangeSchema.default({}), isFromBranch: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => retryRun(ctx.actor, input, ctx.engine)),
  /** A run that goes on with the work of one that is over. */
  followUp: procedure.input(followUpSchema).mutation(({ ctx, input }) => followUpRun(ctx.actor, input, ctx.engine)),
  /** What it ran on, whom it asked and reached, and what each model cost: enough to do it again exactly. */
  facts: procedure.input(theRun).query(({ ctx, input }) => readRunFacts(ctx.actor, input.runId, ctx.engine)),
  get: procedure.input(theRun).query(({ ctx, input }) => readRun(ctx.actor, input.runId, ctx.engine)),

  /** Whether its process lives, which its log does not tell: an agent can think, or wait for somebody, for long. */
  heard: procedure.input(theRun).query(({ ctx, input }) => readHeard(ctx.actor, input.runId, ctx.engine)),

  /** The first answer stands; `allow-agent` also changes the agent, from its next run on. */
  answer: procedure
    .input(
      z.strictObject({
        runId,
        questionId: z.string().min(1).max(200),
        answer: answerSchema,
        note: z.string().optional(),
      }),
    )
    .mutation(({ ctx, input }) => answerQuestion(ctx.actor, input, ctx.engine)),
  /** A host that was refused, for the rest of the run or for the agent too. */
  allowHost: procedure
    .input(
      z.strictObject({
        runId,
        host: z.string().min(1).max(255),
        port: z.int().min(1).max(65_535),
        answer: z.enum(['allow-run', 'allow-agent']),
      }),
    )
    .mutation(({ ctx, input }) => allowHost(ctx.actor, input, ctx.engine)),
  sendNote: procedure
    .input(z.strictObject({ runId, text: z.string(), when: noteTimeSchema.default('after-step') }))
    .mutation(({ ctx, input }) => sendNote(ctx.actor, input, ctx.engine)),
  removeNote: procedure
    .input(z.strictObject({ runId, noteId: idSchema('note') }))
    .mutation(({ ctx, input }) => removeNote(ctx.actor, input, ctx.engine)),

  /** The one run whose id begins like this, so that people need not type 29 characters. */
  find: procedure
    .input(z.strictObject({ prefix: z.string().regex(/^run[0-9a-z]{0,26}$/, 'not a run id (run…)') }))
    .query(({ ctx, input }) => findRun(ctx.actor, input.prefix, ctx.engine)),

  list: procedure
    .input(
      z.strictObject({
        before: runId.optional(),
        limit: z.int().min(1).max(100).default(20),
        status: z.array(z.enum(RUN_STATUSES)).optional(),
      }),
    )
    .query(({ ctx, input }) => listRuns(ctx.actor, input, ctx.engine)),

  events: procedure
    .input(z.strictObject({ runId, after: z.int().min(0).default(0), limit: z.int().min(1).max(1000).default(500) }))
    .query(({ ctx, input }) => readEvents(ctx.actor, input, ctx.engine)),

  /**
   * The run's log from `lastEventId` on, then what is appended to it; ends when the run is over and its sandbox gone.
   * The id of an event is its sequence number, so a client that reconnects goes on without a gap or a duplicate.
   */
  watch: procedure
    .input(
      z.object({
        runId,
        lastEventId: z
          .string()
          .regex(/^\d{1,10}$/)
          .nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input, signal }) {
      const after = Number(input.lastEventId ?? 0)
      const stop = signal ?? new AbortController().signal
      for await (const event of watchEvents(ctx.actor, { runId: input.runId, after, signal: stop }, ctx.engine)) {
        yield tracked(String(event.seq), event)
        await ctx.whenWritable()
      }
    }),
})

const RUN_ID_LENGTH = 29

/** A list goes from new to old, so the two that precede the greatest id with this prefix tell all there is to know. */
async function findRun(actor: Actor, prefix: string, deps: EngineDeps): Promise<{ runId: RunId }> {
  const whole = runId.safeParse(prefix)
  if (whole.success) return { runId: (await readRun(actor, whole.data, deps)).id }
  const greatest = prefix.padEnd(RUN_ID_LENGTH, 'z') as RunId
  const page = await listRuns(actor, { before: greatest, limit: 2 }, deps)
  const [found, another] = page.runs.filter(({ id }) => id.startsWith(prefix))
  if (found === undefined) throw new Fault('run.unknown', `None begins with ${prefix}.`)
  if (another !== undefined)
    throw new Fault('input.invalid', `More than one run begins with ${prefix}: give more of the id.`)
  return { runId: found.id }
}
