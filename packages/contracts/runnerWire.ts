import * as z from 'zod'
import { runnerEventSchema } from './events.ts'
import { artifactKindSchema } from './run.ts'

/**
 * Between a runner and the gateway: HTTP over a unix socket (local) or TCP (cluster), with the run token in
 * `authorization: Bearer …`. Answers that refuse carry a `FaultWire` as JSON. Schemas only ever add.
 */
export const RUNNER_PATHS = {
  /** GET → RunSpec. */
  spec: '/runner/v1/spec',
  /** POST EventBatch → EventBatchAnswer; 409 `events.gap` carries `expected`. */
  events: '/runner/v1/events',
  /** PUT bytes; query = artifactQuerySchema; answers Artifact. Sending the same again answers the same artifact. */
  artifacts: '/runner/v1/artifacts',
  /** GET ?after=<seq> → ControlAnswer. Waits up to 25 s for something to say. */
  control: '/runner/v1/control',
  /** GET /runner/v1/inputs/<sha256> → bytes of an input file. */
  inputs: '/runner/v1/inputs',
  /** The Messages API. The agent sees it as http://127.0.0.1:<port>/llm. */
  llm: '/llm',
  /** Git smart HTTP: /git/local/<name>.git/…, /git/https/<host>/<path>.git/…, /git/http/<host:port>/… */
  git: '/git',
} as const

/** Set by the runner on what it forwards for the agent's processes; the gateway strips it before anything leaves. */
export const RUN_TOKEN_HEADER = 'x-errand-run-token'
/** base64url of the command line that opened a connection, as the runner saw it in /proc. */
export const COMMAND_HEADER = 'x-errand-command'

/** `first` is the runner's own sequence number of `events[0]`, from 1. */
export const eventBatchSchema = z.object({
  first: z.int().positive(),
  events: z.array(z.object({ at: z.iso.datetime(), body: runnerEventSchema })).min(1).max(500),
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
  seq: z.int().nonnegative(),
})
export type ControlAnswer = z.infer<typeof controlAnswerSchema>

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
