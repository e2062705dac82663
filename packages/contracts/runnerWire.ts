import * as z from 'zod'
import { answerSchema, noteTimeSchema, runnerEventSchema } from './events.ts'
import { artifactKindSchema } from './run.ts'

/** `first` is the runner's own sequence number of `events[0]`, from 1. */
export const eventBatchSchema = z.object({
  first: z.int().positive(),
  events: z
    .array(z.object({ at: z.iso.datetime(), body: runnerEventSchema }))
    .min(1)
    .max(500),
})
export type EventBatch = z.infer<typeof eventBatchSchema>

export const eventBatchAnswerSchema = z.object({ accepted: z.int().nonnegative() })
export type EventBatchAnswer = z.infer<typeof eventBatchAnswerSchema>

export const eventGapSchema = z.object({ code: z.literal('events.gap'), expected: z.int().positive() })

export const artifactQuerySchema = z.object({
  name: z.string().min(1).max(1000),
  kind: artifactKindSchema,
  mediaType: z.string().min(1).max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.coerce.number().int().nonnegative(),
})
export type ArtifactQuery = z.infer<typeof artifactQuerySchema>

/** `desired: 'cancelled'` means: stop the agent, keep what is there, finish. */
export const controlAnswerSchema = z.object({
  desired: z.enum(['done', 'cancelled']),
  /** Set once the gateway has refused a model call because the budget is used up. */
  budgetReached: z.boolean(),
  /** A person is asked something, so the run's time stands still. */
  waiting: z.boolean().optional(),
  /** Answers and notes of persons that came since the answer with `seq` = `after`, oldest first; absent: none. */
  answers: z.array(z.object({ id: z.string(), answer: answerSchema, note: z.string().optional() })).optional(),
  /** Questions that nobody answered in time: that means no. */
  expired: z.array(z.string()).optional(),
  notes: z.array(z.object({ id: z.string(), text: z.string(), when: noteTimeSchema })).optional(),
  removedNotes: z.array(z.string()).optional(),
  seq: z.int().nonnegative(),
})
export type ControlAnswer = z.infer<typeof controlAnswerSchema>

/** `waiting`: a person is asked to sign in; ask again. `refused`: nobody did, in time. */
export const signInsAnswerSchema = z.object({
  state: z.enum(['ready', 'waiting', 'refused']),
  detail: z.string().optional(),
})
export type SignInsAnswer = z.infer<typeof signInsAnswerSchema>

/** The first line on the runner's standard input: all it needs to reach the gateway. */
export const runnerBootSchema = z.object({
  gateway: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('socket'), path: z.string() }),
    z.object({ kind: z.literal('tcp'), host: z.string(), port: z.int() }),
  ]),
  token: z.string(),
  workspace: z.string(),
  home: z.string(),
  claudePath: z.string(),
  /** The kernel's out-of-memory counter of this sandbox (`memory.events` or `memory.oom_control`), where there is one. */
  oomFile: z.string().nullable(),
})
export type RunnerBoot = z.infer<typeof runnerBootSchema>
