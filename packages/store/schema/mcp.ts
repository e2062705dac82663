import type { FaultCode, McpServerSpec, McpSight, McpTool, ToolFlag, ToolVerdict } from '@errand/contracts'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { orgs } from '../schema.ts'
import { byteText, id, orgId, time } from './columns.ts'

export const mcpServers = pgTable(
  'mcp_servers',
  {
    id: id('id', 'mcpServer').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    name: byteText('name').notNull(),
    version: integer('version').notNull(),
    place: bigint('place', { mode: 'number' })
      .notNull()
      .default(sql`nextval('config_order')`),
    /** What the last handshake brought; null before the first. */
    lastTest: jsonb('last_test').$type<McpTestRow>(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [uniqueIndex('mcp_servers_by_name').on(t.orgId, t.name)],
)

export interface McpTestRow {
  /** ISO 8601. */
  readonly at: string
  readonly ok: boolean
  readonly words: string
  readonly code: FaultCode | null
  readonly ms: number
  /** Of the server as it was when it was tried. */
  readonly version: number
  /** Without its tools: those have rows of their own. */
  readonly sight: Omit<McpSight, 'tools'> | null
}

export const mcpServerVersions = pgTable(
  'mcp_server_versions',
  {
    orgId: orgId(),
    serverId: id('server_id', 'mcpServer')
      .notNull()
      .references(() => mcpServers.id),
    version: integer('version').notNull(),
    spec: jsonb('spec').$type<McpServerSpec>().notNull(),
    /** The document as it was applied, byte for byte; null when the version did not come from a document. */
    source: text('source'),
    createdBy: id('created_by', 'user').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.version] })],
)

/**
 * The tools of a server, as a person accepted them and as they were last seen. A tool that is seen otherwise than it was
 * accepted is held back.
 */
export const mcpTools = pgTable(
  'mcp_tools',
  {
    orgId: orgId(),
    serverId: id('server_id', 'mcpServer')
      .notNull()
      .references(() => mcpServers.id, { onDelete: 'cascade' }),
    name: byteText('name').notNull(),
    /** Of name, description, schema and annotations as last seen. */
    sha256: text('sha256').notNull(),
    body: jsonb('body').$type<McpTool>().notNull(),
    flags: jsonb('flags').$type<readonly ToolFlag[]>().notNull(),
    seenAt: time('seen_at').notNull(),
    /** Not in the last list any more. */
    isGone: boolean('is_gone').notNull().default(false),
    acceptedSha256: text('accepted_sha256'),
    acceptedBody: jsonb('accepted_body').$type<McpTool>(),
    acceptedAt: time('accepted_at'),
    /** Null: accepted with the first list. */
    acceptedBy: id('accepted_by', 'user'),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.name] })],
)

/** Processes that make calls: what one began that says nothing any more has been cut off. */
export const gateways = pgTable('gateways', {
  id: text('id').primaryKey(),
  seenAt: time('seen_at').notNull(),
})

/** Every call of a tool, also the ones that were refused. */
export const mcpCalls = pgTable(
  'mcp_calls',
  {
    id: id('id', 'mcpCall').primaryKey(),
    orgId: orgId(),
    at: time('at').notNull(),
    /** Null: a person tried it. */
    runId: id('run_id', 'run'),
    userId: id('user_id', 'user'),
    server: byteText('server').notNull(),
    tool: text('tool').notNull(),
    toolUseId: text('tool_use_id'),
    /** Without what looks like a secret, and cut. */
    arguments: jsonb('arguments').notNull(),
    verdict: text('verdict').$type<ToolVerdict>().notNull(),
    /** Which rule of the agent decided; null: none fitted. */
    rule: integer('rule'),
    resultBytes: bigint('result_bytes', { mode: 'number' }).notNull(),
    isError: boolean('is_error').notNull(),
    ms: integer('ms').notNull(),
    code: text('code').$type<FaultCode>(),
    /** Which gateway made it; null: a person tried it. */
    gateway: text('gateway'),
  },
  (t) => [
    index('mcp_calls_by_server').on(t.orgId, t.server, t.id),
    index('mcp_calls_by_run')
      .on(t.runId, t.id)
      .where(sql`run_id is not null`),
    index('mcp_calls_by_use')
      .on(t.runId, t.toolUseId)
      .where(sql`tool_use_id is not null`),
    index('mcp_calls_by_hand')
      .on(t.at)
      .where(sql`run_id is null`),
  ],
)
