import type { HostedRecipe, InstalledBundle, InstanceFailure, InstanceState } from '@errand/contracts'
import { bigint, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { orgs } from '../schema.ts'
import { byteText, id, orgId, time } from './columns.ts'

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
    /** Which controller looks after it, and until when nobody else does. */
    heldBy: text('held_by'),
    heldUntil: time('held_until'),
  },
  (t) => [uniqueIndex('mcp_instances_by_server').on(t.orgId, t.server, t.version)],
)

/** Packages of hosted servers as a cluster keeps them: archives among the blobs, installed once for an organisation. */
export const mcpBundles = pgTable(
  'mcp_bundles',
  {
    orgId: orgId().references(() => orgs.id),
    /** Registry, name, version and program. */
    package: byteText('package').notNull(),
    /** Of the archive. */
    sha256: text('sha256').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    note: jsonb('note').$type<InstalledBundle>().notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.package] })],
)
