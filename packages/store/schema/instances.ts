import type { HostedRecipe, InstanceFailure, InstanceState } from '@errand/contracts'
import { integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { orgs } from '../schema.ts'
import { id, orgId, time } from './columns.ts'

/**
 * Hosted MCP servers at work, one row for each version that somebody has used. Wanted by whoever calls it, looked after
 * by the controller.
 */
export const mcpInstances = pgTable(
  'mcp_instances',
  {
    id: id('id', 'instance').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    server: text('server').notNull(),
    version: integer('version').notNull(),
    recipe: jsonb('recipe').$type<HostedRecipe>().notNull(),
    /** When somebody last asked for it. */
    wantedAt: time('wanted_at').notNull(),
    /** Not to be started, whoever asks: its server was removed, or stopped by hand. Asking again clears it. */
    stopAt: time('stop_at'),
    state: text('state').$type<InstanceState>().notNull(),
    /** SHA-256 of the token of what runs in its sandbox now. */
    tokenHash: text('token_hash').unique(),
    /** Where its bridge answers. Null: nowhere. */
    address: text('address'),
    /** SHA-256 of the bundle that it runs from. */
    bundle: text('bundle'),
    startedAt: time('started_at'),
    starts: integer('starts').notNull(),
    crashes: integer('crashes').notNull(),
    memoryMib: integer('memory_mib').notNull(),
    sessions: integer('sessions').notNull(),
    /** So many attempts in a row have failed; the next is not before `nextAt`. */
    failures: integer('failures').notNull(),
    nextAt: time('next_at'),
    failure: jsonb('failure').$type<InstanceFailure>(),
    /** The end of what the process in its sandbox wrote, and of what the one before it wrote; secrets are masked. */
    log: text('log').notNull().default(''),
    logBefore: text('log_before').notNull().default(''),
    changedAt: time('changed_at').notNull(),
  },
  (t) => [uniqueIndex('mcp_instances_by_server').on(t.orgId, t.server, t.version)],
)
