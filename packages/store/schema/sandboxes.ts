import type { HostedProgram, RunFaultCode, WallReport } from '@errand/contracts'
import type { WarmSpec } from '../rows.ts'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { orgs, runs } from '../schema.ts'
import { byteText, id, orgId, time } from './columns.ts'
import { mcpInstances } from './instances.ts'

/**
 * Sandboxes on a cluster, one row for each Job that was or is about to be made. Written before the Job, deleted after
 * it, so nothing there is ever without a row for long, and the row says whose it is.
 */
export const sandboxes = pgTable(
  'sandboxes',
  {
    /** The Job's name. */
    id: byteText('id').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    /** Image and limits, as a key: runs of the same shape may take each other's warm sandboxes. */
    shape: text('shape').notNull(),
    /** Null while it waits in the warm pool. */
    runId: id('run_id', 'run').references(() => runs.id),
    /** The hosted MCP server that it is for, instead of a run. */
    instanceId: id('instance_id', 'instance').references(() => mcpInstances.id),
    /** What it runs for that. */
    program: jsonb('program').$type<HostedProgram>(),
    /** Of its pod: the ticket with which the run's token is claimed, once. Null until the cluster has said it. */
    uid: text('uid'),
    /** Where its pod is, as the cluster says. */
    podAddress: text('pod_address'),
    wall: jsonb('wall').$type<WallReport>(),
    provenAt: time('proven_at'),
    failure: jsonb('failure').$type<{ readonly code: RunFaultCode; readonly detail: string }>(),
    createdAt: time('created_at').notNull(),
    /** When a run took it. */
    takenAt: time('taken_at'),
    claimedAt: time('claimed_at'),
    /** Where the claim came from. */
    claimedFrom: text('claimed_from'),
    /** Not needed any more: its runner is told to end. */
    dismissedAt: time('dismissed_at'),
  },
  (t) => [
    uniqueIndex('sandboxes_by_run')
      .on(t.runId)
      .where(sql`run_id is not null`),
    uniqueIndex('sandboxes_by_instance')
      .on(t.instanceId)
      .where(sql`instance_id is not null`),
    index('sandboxes_warm')
      .on(t.orgId, t.shape, t.provenAt)
      .where(sql`run_id is null and instance_id is null`),
  ],
)

/** Shapes that runs asked for lately: those are kept warm, for a while. One row each, however many runs there are. */
export const warmShapes = pgTable(
  'warm_shapes',
  {
    orgId: orgId().references(() => orgs.id),
    shape: text('shape').notNull(),
    spec: jsonb('spec').$type<WarmSpec>().notNull(),
    wantedAt: time('wanted_at').notNull(),
    /** Runs that found one warm, and runs that did not. */
    hits: integer('hits').notNull(),
    misses: integer('misses').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.shape] })],
)
