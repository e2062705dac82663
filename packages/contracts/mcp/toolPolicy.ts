import * as z from 'zod'
import { nameSchema } from '../names.ts'

export const TOOL_VERDICTS = ['allow', 'ask', 'deny'] as const
export const toolVerdictSchema = z.enum(TOOL_VERDICTS)
export type ToolVerdict = z.infer<typeof toolVerdictSchema>

/** What a server claims of a tool. A claim narrows what a rule is about; nobody trusts it. */
export const TOOL_HINTS = ['readOnly', 'destructive', 'idempotent', 'openWorld'] as const
export const toolHintSchema = z.enum(TOOL_HINTS)
export type ToolHint = z.infer<typeof toolHintSchema>

/** `*` stands for any run of characters, `?` for one; everything else for itself. */
export const globSchema = z.string().min(1).max(1_000)

const argumentRuleSchema = z.union([
  z.array(globSchema).min(1).max(200),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
])

export const mcpToolRuleSchema = z.strictObject({
  /** Absent: every tool. */
  tools: z.array(globSchema).min(1).max(500).optional(),
  hint: toolHintSchema.optional(),
  /** `repository.owner: [acme]`, `amount: {max: 100}`; all have to fit. Where an argument is a list, each of its parts. */
  where: z.record(z.string().min(1).max(200), argumentRuleSchema).optional(),
  then: toolVerdictSchema,
})
export type McpToolRule = z.infer<typeof mcpToolRuleSchema>

/** An agent's use of one server: the first rule that fits decides. */
export const mcpUseSchema = z.strictObject({
  server: nameSchema,
  rules: z.array(mcpToolRuleSchema).max(200).default([]),
  /** What no rule fits. */
  otherwise: toolVerdictSchema.default('allow'),
})
export type McpUse = z.infer<typeof mcpUseSchema>

export const mcpUsesSchema = z
  .array(mcpUseSchema)
  .max(50)
  .refine((uses) => new Set(uses.map((use) => use.server)).size === uses.length, 'a server is named twice')
