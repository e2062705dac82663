import type { GrantState } from '@errand/contracts'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { credentials, orgs } from '../schema.ts'
import type { GrantDiscovery, GrantPending } from '../rows/grants.ts'
import { byteText, id, orgId, time } from './columns.ts'

/** What an authorization server granted to a credential of the kind `oauth`. Sealed columns are opened by the gateway alone. */
export const mcpGrants = pgTable(
  'mcp_grants',
  {
    credentialId: id('credential_id', 'credential')
      .primaryKey()
      .references(() => credentials.id, { onDelete: 'cascade' }),
    orgId: orgId().references(() => orgs.id),
    /** Counts every change: who writes names the one that they read. */
    version: integer('version').notNull(),
    state: jsonb('state').$type<GrantState>().notNull(),
    discovery: jsonb('discovery').$type<GrantDiscovery>(),
    /** How the authorization server knows us, with a client secret if there is one. */
    client: text('client'),
    tokens: text('tokens'),
    /** The sign-in that is under way. */
    pending: jsonb('pending').$type<GrantPending>(),
    /** SHA-256 of its `state`, hex; null once somebody came back with it. */
    stateHash: byteText('state_hash').unique(),
    refreshAt: time('refresh_at'),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [
    index('mcp_grants_to_refresh')
      .on(t.refreshAt)
      .where(sql`refresh_at is not null`),
  ],
)
