import type { AgentSpec } from '@errand/contracts'
import { doublePrecision, integer, jsonb, bigint, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { byteText, id, orgId, time } from './columns.ts'

/** The next version of an agent while somebody works on it; of one that is not there yet, its first. */
export const agentDrafts = pgTable(
  'agent_drafts',
  {
    orgId: orgId(),
    name: byteText('name').notNull(),
    /** The version that it changes; 0 where there is none. */
    baseVersion: integer('base_version').notNull(),
    spec: jsonb('spec').$type<AgentSpec>().notNull(),
    updatedBy: id('updated_by', 'user').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.name] })],
)

/** The last self-test of the wall, and when it last held. */
export const boundaryReports = pgTable('boundary_reports', {
  orgId: orgId().primaryKey(),
  report: jsonb('report').notNull(),
  testedAt: time('tested_at').notNull(),
  ms: integer('ms').notNull(),
  heldAt: time('held_at'),
})

/**
 * What models cost, by hour: written in the statement that logs the use. Several rows an hour (`shard`), so that many
 * runs do not wait for one.
 */
export const spendHours = pgTable(
  'spend_hours',
  {
    orgId: orgId(),
    hour: time('hour').notNull(),
    shard: smallint('shard').notNull(),
    calls: integer('calls').notNull(),
    /** Calls of a model whose price is not known: the sum is then a lower bound. */
    unpricedCalls: integer('unpriced_calls').notNull(),
    costUsd: doublePrecision('cost_usd').notNull(),
    tokens: bigint('tokens', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.hour, t.shard] })],
)
