import * as z from 'zod'

/** A tool as its server describes it. What is not named here is kept as it came. */
export const mcpToolSchema = z.looseObject({
  name: z.string().min(1).max(1_000),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  annotations: z
    .looseObject({
      title: z.string().optional(),
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
})
export type McpTool = z.infer<typeof mcpToolSchema>
export type ToolAnnotations = NonNullable<McpTool['annotations']>

/** What is odd about a description: something that people do not see, or words that are meant for the model. */
export const toolFlagSchema = z.object({
  kind: z.enum(['hidden-characters', 'instruction']),
  /** Where: `description`, `inputSchema.properties.path.description`. */
  place: z.string(),
  words: z.string(),
})
export type ToolFlag = z.infer<typeof toolFlagSchema>

/** What a handshake with a server brought. */
export const mcpSightSchema = z.object({
  revision: z.string(),
  serverName: z.string(),
  serverVersion: z.string(),
  instructions: z.string().nullable(),
  tools: z.array(mcpToolSchema),
  prompts: z.array(z.object({ name: z.string(), description: z.string().optional() })),
  resources: z.array(z.object({ uri: z.string(), name: z.string().optional() })),
  /** Of one request there and back. */
  roundTripMs: z.number(),
})
export type McpSight = z.infer<typeof mcpSightSchema>
