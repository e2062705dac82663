import * as z from 'zod'
import { agentSpecSchema } from './agent.ts'
import { credentialSpecSchema } from './credential.ts'
import { mcpServerSpecSchema } from './mcp/server.ts'
import { nameSchema } from './names.ts'

/** One YAML document of `errand apply`. */
export const documentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('Agent'), name: nameSchema, spec: agentSpecSchema }),
  z.strictObject({ kind: z.literal('Credential'), name: nameSchema, spec: credentialSpecSchema }),
  z.strictObject({ kind: z.literal('McpServer'), name: nameSchema, spec: mcpServerSpecSchema }),
])
export type ConfigDocument = z.infer<typeof documentSchema>

export const DOCUMENT_KINDS = ['Agent', 'Credential', 'McpServer'] as const
export type DocumentKind = ConfigDocument['kind']
