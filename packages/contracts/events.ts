import * as z from 'zod'
import { artifactKindSchema, verdictSchema } from './run.ts'
import { toolVerdictSchema } from './mcp/toolPolicy.ts'
import { TERMINAL_STATUSES } from './runStatus.ts'
import { RUN_FAULT_CODES } from './runFaults.ts'
import { pullStateSchema } from './pullRequest.ts'

const faultCode = z.enum(RUN_FAULT_CODES)
const count = z.int().nonnegative()

/** The start-up checklist and what follows it, in the order in which they happen. */
export const STEP_NAMES = ['sandbox', 'wall', 'clone', 'inputs', 'setup', 'agent', 'verify', 'collect'] as const
export const stepNameSchema = z.enum(STEP_NAMES)
export type StepName = z.infer<typeof stepNameSchema>

export const changesSchema = z.object({
  repository: z.string(),
  base: z.string(),
  head: z.string(),
  branch: z.string().nullable(),
  commits: count,
  files: count,
  added: count,
  removed: count,
})
export type Changes = z.infer<typeof changesSchema>

export const evidenceSchema = z.object({
  command: z.string(),
  exitCode: z.int(),
  ms: z.number(),
  /** The last part of what the command printed. */
  output: z.string(),
})
export type Evidence = z.infer<typeof evidenceSchema>

/** What a person can say to a question. `allow-agent` also changes the agent, from its next run on. */
export const answerSchema = z.enum(['allow-once', 'allow-run', 'allow-agent', 'deny'])
export type Answer = z.infer<typeof answerSchema>

/** When a note reaches the agent: when its current step is over, or when it has said all it had to say. */
export const noteTimeSchema = z.enum(['after-step', 'next-turn'])
export type NoteTime = z.infer<typeof noteTimeSchema>

const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape })

/** What a runner may say. The gateway refuses anything else from it. */
export const runnerEventSchema = z.discriminatedUnion('type', [
  event('runner.started', { version: z.string() }),
  event('step.started', { step: stepNameSchema }),
  event('step.finished', { step: stepNameSchema, ok: z.boolean(), ms: z.number(), detail: z.string().optional() }),
  event('agent.started', {
    model: z.string().optional(),
    version: z.string().optional(),
    tools: z.array(z.string()).optional(),
    sessionId: z.string().optional(),
  }),
  event('text.appended', { text: z.string(), parentId: z.string().optional() }),
  event('thought.appended', { text: z.string(), parentId: z.string().optional() }),
  event('tool.started', {
    id: z.string(),
    tool: z.string(),
    target: z.string(),
    input: z.string().optional(),
    parentId: z.string().optional(),
  }),
  event('tool.finished', {
    id: z.string(),
    ok: z.boolean(),
    ms: z.number(),
    output: z.string().optional(),
    added: count.optional(),
    removed: count.optional(),
  }),
  event('output.appended', { step: stepNameSchema, text: z.string() }),
  event('model.retried', {
    attempt: count,
    max: count,
    delayMs: z.number(),
    status: z.number().nullable(),
    words: z.string(),
  }),
  event('note.raised', { level: z.enum(['info', 'warn']), words: z.string(), code: faultCode.optional() }),
  /** The agent may not use a tool without a person's word; the run waits for it. */
  event('question.asked', {
    id: z.string(),
    tool: z.string(),
    target: z.string(),
    /** Exactly what would be done, whole. */
    input: z.string(),
    /** What `allow-run` and `allow-agent` would allow; absent: this tool has no rule, so only this one use. */
    rules: z.array(z.string()).optional(),
    expiresAt: z.iso.datetime(),
  }),
  /** The agent has been given a person's note. */
  event('note.delivered', { id: z.string() }),
  event('verify.finished', { evidence: evidenceSchema }),
  event('changes.collected', { changes: changesSchema }),
  /** The runner's last word: what came out, decided by the rules that the runner alone can apply. */
  event('run.finished', {
    status: z.enum(TERMINAL_STATUSES),
    verdict: verdictSchema,
    code: faultCode.optional(),
    detail: z.string().optional(),
    /** The outcome in one sentence. */
    sentence: z.string(),
  }),
])
export type RunnerEvent = z.infer<typeof runnerEventSchema>

/** What the engine, the controller and the gateway add. */
export const systemEventSchema = z.discriminatedUnion('type', [
  event('run.created', {
    agent: z.string(),
    /** Of a draft: the version that it would become. */
    agentVersion: count,
    by: z.string(),
    repositories: z.array(z.string()),
    budgetUsd: z.number().nullable(),
    retryOf: z.string().optional(),
  }),
  event('run.admitted', {}),
  event('sandbox.started', { executor: z.string(), limits: z.string() }),
  /** Nothing of the run is at work yet, and why: no room, no image, no quota. Null: what it waited for is there. */
  event('sandbox.waiting', { code: faultCode.nullable(), detail: z.string().optional() }),
  /** The cluster has chosen a node; then, in words, how the images came to it. */
  event('sandbox.placed', { node: z.string(), images: z.string().optional() }),
  event('cancel.requested', { by: z.string() }),
  event('usage.metered', {
    model: z.string(),
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    /** Null when the price of the model is not known. */
    costUsd: z.number().nullable(),
    ms: z.number(),
  }),
  event('budget.reached', { spentUsd: z.number(), budgetUsd: z.number() }),
  event('egress.allowed', { host: z.string(), port: z.int(), command: z.string().optional() }),
  event('egress.blocked', { host: z.string(), port: z.int(), code: faultCode, command: z.string().optional() }),
  /** A process wants a host that is not allowed, and a person may allow it; its connection is held meanwhile. */
  event('host.asked', {
    id: z.string(),
    host: z.string(),
    port: z.int(),
    command: z.string().optional(),
    expiresAt: z.iso.datetime(),
  }),
  /** A person allows a host without being asked: most often one that was refused. */
  event('host.allowed', { host: z.string(), port: z.int(), by: z.string(), agentVersion: count.optional() }),
  event('question.answered', {
    id: z.string(),
    answer: answerSchema,
    note: z.string().optional(),
    by: z.string(),
    /** The version of the agent that `allow-agent` made, or found to allow it already. */
    agentVersion: count.optional(),
  }),
  /** Nobody answered in time: that means no. */
  event('question.expired', { id: z.string() }),
  event('note.sent', { id: z.string(), text: z.string(), when: noteTimeSchema, by: z.string() }),
  event('note.removed', { id: z.string(), by: z.string() }),
  event('git.accessed', {
    repository: z.string(),
    operation: z.enum(['fetch', 'push']),
    ok: z.boolean(),
    detail: z.string().optional(),
  }),
  /** A tool of an MCP server was called, or was to be: `deny` and a code say that the server never heard of it. */
  event('mcp.called', {
    server: z.string(),
    tool: z.string(),
    /** Of the agent's own use of the tool, where its runtime says so. */
    toolUseId: z.string().nullable(),
    verdict: toolVerdictSchema,
    ms: z.number(),
    isError: z.boolean(),
    code: faultCode.optional(),
  }),
  /** The agent called a tool for which its policy asks a person; the call waits. Answered as any question. */
  event('mcp.asked', {
    id: z.string(),
    server: z.string(),
    tool: z.string(),
    /** The arguments, whole. */
    input: z.string(),
    /** Which rule of the run's agent asks; null: none fitted. Absent in logs of an older Errand. */
    rule: count.nullable().optional(),
    expiresAt: z.iso.datetime(),
  }),
  /** An MCP server needs a person to sign in before the run can go on with it. */
  event('sign-in.asked', {
    id: z.string(),
    server: z.string(),
    /** Why, as the sign-in engine says it. */
    words: z.string(),
    expiresAt: z.iso.datetime(),
  }),
  /** Somebody has signed in, with whatever page or program: what waited for it goes on. */
  event('sign-in.done', { id: z.string() }),
  /** A person had a pull request opened for the work, or one that was there already was found. */
  event('pull.opened', {
    repository: z.string(),
    number: z.int(),
    url: z.string(),
    title: z.string(),
    branch: z.string(),
    base: z.string(),
    state: pullStateSchema,
    by: z.string(),
  }),
  event('pull.changed', { repository: z.string(), number: z.int(), state: pullStateSchema }),
  event('artifact.added', {
    id: z.string(),
    name: z.string(),
    kind: artifactKindSchema,
    mediaType: z.string(),
    sizeBytes: count,
    sha256: z.string(),
    retainUntil: z.string(),
  }),
  /** Written by the controller when the runner could not have the last word. */
  event('run.ended', { status: z.enum(TERMINAL_STATUSES), code: faultCode, detail: z.string().optional() }),
  event('sandbox.gone', {}),
])
export type SystemEvent = z.infer<typeof systemEventSchema>

export type RunEventBody = RunnerEvent | SystemEvent
export type RunEventType = RunEventBody['type']

/** One line of a run's log. `seq` starts at 1 and has no gap; `at` is the source's clock, ISO 8601 in UTC. */
export interface RunEvent {
  readonly seq: number
  readonly at: string
  readonly body: RunEventBody
}
