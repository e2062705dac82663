import * as z from 'zod'
import { mcpUsesSchema } from './mcp/toolPolicy.ts'
import { hostPatternSchema, nameSchema } from './names.ts'
import { repositoryInputSchema } from './repository.ts'

export const NETWORK_LEVELS = ['none', 'trusted', 'custom', 'full'] as const
export const networkSchema = z.enum(NETWORK_LEVELS)
export type NetworkLevel = z.infer<typeof networkSchema>

/** How much of its work an agent does without a person's word. */
export const AUTONOMIES = ['plan', 'edit', 'ask'] as const
export const autonomySchema = z.enum(AUTONOMIES)
export type Autonomy = z.infer<typeof autonomySchema>

/** What a person is shown where they choose. */
export const AUTONOMY_WORDS: Readonly<Record<Autonomy, { readonly title: string; readonly words: string }>> = {
  plan: { title: 'Plan first', words: 'It looks around and proposes a plan. Once you approve it, it works freely.' },
  edit: { title: 'Edit freely', words: 'It works without asking. The sandbox and the network level are its limits.' },
  ask: {
    title: 'Ask for risky',
    words: 'It edits files freely, and asks before it runs a command that does more than read.',
  },
}

/** What happens to a connection to a host that is not allowed: a person is asked while it waits, or it is refused. */
export const blockedHostSchema = z.enum(['ask', 'refuse'])
export type BlockedHost = z.infer<typeof blockedHostSchema>

/** A tool, or a part of what it can do, as Claude Code writes it: `Bash(npm test:*)`, `Skill`. */
export const toolRuleSchema = z
  .string()
  .max(2_000)
  .regex(/^[A-Za-z]\w*(?:\([^\0]+\))?$/, 'a tool rule is Tool or Tool(what it may do)')

/** `python:3.13`, `registry.example.org/team/build@sha256:…`. */
export const imageSchema = z
  .string()
  .max(500)
  .regex(
    /^[a-z0-9][a-z0-9._:/-]*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'an image is written as in python:3.13 or host/path/name:tag',
  )

const common = {
  description: z.string().max(500).optional(),
  /** Used by a run that names none. A run that wants none at all says so with an empty list. */
  repositories: z.array(repositoryInputSchema).max(20).optional(),
  /** Shell commands that the runner runs in the first repository (or the empty workspace). */
  setup: z.string().max(20_000).optional(),
  verify: z.string().max(20_000).optional(),
  network: networkSchema.default('trusted'),
  hosts: z.array(hostPatternSchema).max(200).default([]),
  /** Absent: `ask` where the agent asks for other things too, else `refuse`. */
  onBlockedHost: blockedHostSchema.optional(),
  /** How long a question waits for a person before it counts as denied. Absent: twelve hours. */
  answerMinutes: z.number().positive().max(10_080).optional(),
  /** Plain environment for the agent's process. Secrets do not belong here: the sandbox holds none. */
  env: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'a variable is upper case'), z.string()).default({}),
  deadlineMinutes: z.number().positive().max(1440).default(60),
  noProgressMinutes: z.number().positive().max(1440).default(15),
  memoryMib: z.int().min(128).max(1_048_576).default(4096),
  cpus: z.number().min(0.1).max(256).default(2),
  pids: z.int().min(16).max(65_536).default(1024),
  /** Any glibc image, on a cluster; absent: Errand's own. On one machine the machine's own programs are used. */
  image: imageSchema.optional(),
  /** Room for workspace, home and /tmp together, on a cluster. Absent: 10 GiB. */
  diskMib: z.int().min(256).max(1_048_576).optional(),
}

const claudeCode = z.strictObject({
  runtime: z.literal('claude-code'),
  /** Name of an LLM credential; `demo` is the built-in fixed script that needs no key. */
  credential: nameSchema.default('demo'),
  model: z.string().min(1).max(200).optional(),
  systemPrompt: z.string().max(100_000).optional(),
  maxTurns: z.int().min(1).max(10_000).optional(),
  /** Absent: `edit`. */
  autonomy: autonomySchema.optional(),
  /** What an agent that asks may do without asking. Grows by “always for this agent”. */
  allowedTools: z.array(toolRuleSchema).max(500).optional(),
  budgetUsd: z.number().positive().max(100_000).default(5),
  /** The MCP servers that it uses, and how far. */
  mcp: mcpUsesSchema.optional(),
  /** JSON Schema of a structured result; the runner refuses a run that does not give it. */
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  ...common,
})

const script = z.strictObject({
  runtime: z.literal('script'),
  /** Run by bash; the prompt is in ERRAND_PROMPT. Without it the prompt itself is the script. */
  script: z.string().max(200_000).optional(),
  ...common,
})

/** The durable definition of an agent. An unknown field is refused, never ignored. */
export const agentSpecSchema = z.discriminatedUnion('runtime', [claudeCode, script])
export type AgentSpec = z.infer<typeof agentSpecSchema>
