import type { RegistryHit } from '@errand/contracts'
import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { orgs } from '../schema.ts'
import { byteText, orgId, time } from './columns.ts'

/** What an MCP registry last said of a server, for the days on which it does not answer. */
export const registryEntries = pgTable(
  'registry_entries',
  {
    orgId: orgId().references(() => orgs.id),
    registry: text('registry').notNull(),
    name: byteText('name').notNull(),
    body: jsonb('body').$type<RegistryHit>().notNull(),
    seenAt: time('seen_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.registry, t.name] })],
)
