import * as z from 'zod'
import { autonomySchema, blockedHostSchema, networkSchema } from './agent.ts'
import { idSchema } from './ids.ts'
import { hostPatternSchema, nameSchema } from './names.ts'
import { repositoryInputSchema } from './repository.ts'

export const verdictSchema = z.enum(['verified', 'unverified', 'failed'])
export type Verdict = z.infer<typeof verdictSchema>

export const MAX_PROMPT_BYTES = 200_000

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const inputFileSchema = z.strictObject({
  name: z.string().min(1).max(255),
  sha256,
  sizeBytes: z.int().nonnegative(),
})
export type InputFile = z.infer<typeof inputFileSchema>

/** What a person says when firing a task. Absent fields come from the agent. */
export const createRunSchema = z.strictObject({
  prompt: z.string(),
  agent: nameSchema.optional(),
  /** With the agent as its draft says; without a draft, as it is. */
  isDraft: z.boolean().optional(),
  repositories: z.array(repositoryInputSchema).max(20).optional(),
  inputs: z.array(inputFileSchema).max(50).default([]),
  budgetUsd: z.number().positive().max(100_000).optional(),
  deadlineMinutes: z.number().positive().max(1440).optional(),
  network: networkSchema.optional(),
  /** As its provider names it. */
  model: z.string().min(1).max(200).optional(),
  /** `plan`: it proposes and a person approves; `edit`: it works freely; `ask`: it asks before what is risky. */
  autonomy: autonomySchema.optional(),
  onBlockedHost: blockedHostSchema.optional(),
  verify: z.string().max(20_000).optional(),
  memoryMib: z.int().min(128).max(1_048_576).optional(),
  maxTurns: z.int().min(1).max(10_000).optional(),
  /** Besides those of the agent. */
  hosts: z.array(hostPatternSchema).max(200).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
})
export type CreateRun = z.input<typeof createRunSchema>

/** What a retry or a follow-up may have more or less of than the run before it. Absent: as it was. */
export const runChangeSchema = createRunSchema.pick({
  budgetUsd: true,
  deadlineMinutes: true,
  memoryMib: true,
  maxTurns: true,
  hosts: true,
})
export type RunChange = z.infer<typeof runChangeSchema>

/** A person's words on a place in the changes of a run. */
export const changeCommentSchema = z.strictObject({
  repository: z.string().max(2000),
  path: z.string().min(1).max(10_000),
  /** Null: on the file as a whole. */
  line: z.int().min(1).nullable(),
  /** `old` is a line that the run removed. */
  side: z.enum(['old', 'new']),
  /** The line itself. */
  quote: z.string().max(2_000),
  text: z.string().trim().min(1).max(20_000),
})
export type ChangeComment = z.infer<typeof changeCommentSchema>

/** What the next run shall do with the work of one that is over: a text, comments, or both. */
export const followUpSchema = z.strictObject({
  runId: idSchema('run'),
  text: z.string().max(MAX_PROMPT_BYTES).default(''),
  comments: z.array(changeCommentSchema).max(500).default([]),
  change: runChangeSchema.default({}),
  idempotencyKey: z.string().min(1).max(200).optional(),
})
export type FollowUp = z.infer<typeof followUpSchema>

/** A repository as the runner finds it. `url` is what `git remote -v` shows; the gateway adds the credential. */
export const runRepositorySchema = z.object({
  name: z.string(),
  url: z.string(),
  /** Folder below the workspace. */
  dir: z.string(),
  branch: z.string().nullable(),
  /** The run may push to this branch and to those below it (`<pushBranch>/…`), nothing else. */
  pushBranch: z.string(),
})
export type RunRepository = z.infer<typeof runRepositorySchema>

const serverOfRunSchema = z.object({
  server: z.string(),
  callMs: z.number(),
  /** How long it may take to be there. Absent: a minute. */
  startMs: z.number().optional(),
})
export type ServerOfRun = z.output<typeof serverOfRunSchema>

const runtimeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('claude-code'),
    model: z.string().nullable(),
    systemPrompt: z.string().nullable(),
    maxTurns: z.number().nullable(),
    outputSchema: z.record(z.string(), z.unknown()).nullable(),
    /** Absent: `edit`. */
    autonomy: autonomySchema.optional(),
    /** What it may do without asking, where it asks. */
    allowedTools: z.array(z.string()).optional(),
    /** MCP servers, by the names under which the gateway has them. */
    mcp: z.array(serverOfRunSchema).optional(),
  }),
  z.object({ kind: z.literal('script'), script: z.string() }),
])

/** All that a runner is told, fetched from the gateway with its token. It holds no secret. */
export const runSpecSchema = z.object({
  runId: idSchema('run'),
  prompt: z.string(),
  runtime: runtimeSchema,
  repositories: z.array(runRepositorySchema),
  inputs: z.array(inputFileSchema),
  setup: z.string().nullable(),
  verify: z.string().nullable(),
  env: z.record(z.string(), z.string()),
  budgetUsd: z.number().nullable(),
  deadlineAt: z.iso.datetime(),
  noProgressMs: z.number(),
  /** How long a question waits for a person before it counts as denied. */
  answerMs: z.number().optional(),
  /** Connections to hosts that are not allowed may be held for minutes. */
  onBlockedHost: blockedHostSchema.optional(),
  maxArtifactBytes: z.number(),
  maxArtifacts: z.number(),
})
export type RunSpec = z.infer<typeof runSpecSchema>

export const ARTIFACT_KINDS = ['patch', 'branch', 'pull-request', 'report', 'file', 'json', 'log'] as const
export const artifactKindSchema = z.enum(ARTIFACT_KINDS)
export type ArtifactKind = z.infer<typeof artifactKindSchema>

export const artifactSchema = z.object({
  id: idSchema('artifact'),
  runId: idSchema('run'),
  name: z.string(),
  kind: artifactKindSchema,
  mediaType: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256,
  createdAt: z.iso.datetime(),
  retainUntil: z.iso.datetime(),
})
export type Artifact = z.infer<typeof artifactSchema>
