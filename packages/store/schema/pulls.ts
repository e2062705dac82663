import type { FaultCode, Forge, PullCheck, PullState } from '@errand/contracts'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { orgs, runs } from '../schema.ts'
import { byteText, id, orgId, time } from './columns.ts'

/**
 * Pull requests for the work of runs. A row is written once the host has one, so a crash in between loses nothing: the
 * next time somebody asks it is found there.
 */
export const pullRequests = pgTable(
  'pull_requests',
  {
    id: id('id', 'pull').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    runId: id('run_id', 'run')
      .notNull()
      .references(() => runs.id),
    repository: byteText('repository').notNull(),
    forge: text('forge').$type<Forge>().notNull(),
    number: integer('number').notNull(),
    url: text('url').notNull(),
    title: text('title').notNull(),
    branch: text('branch').notNull(),
    base: text('base').notNull(),
    state: text('state').$type<PullState>().notNull(),
    checks: jsonb('checks').$type<readonly PullCheck[]>().notNull(),
    /** The last look that failed: why. Null after one that did not. */
    trouble: jsonb('trouble').$type<{ readonly code: FaultCode; readonly detail: string | null }>(),
    createdBy: id('created_by', 'user').notNull(),
    createdAt: time('created_at').notNull(),
    seenAt: time('seen_at').notNull(),
    changedAt: time('changed_at').notNull(),
    /** When it is looked at without anybody asking; null: never. */
    lookAt: time('look_at'),
  },
  (t) => [
    uniqueIndex('pull_requests_once').on(t.orgId, t.runId, t.repository, t.number),
    index('pull_requests_to_look_at')
      .on(t.lookAt)
      .where(sql`look_at is not null`),
  ],
)
