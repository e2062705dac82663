import type { AgentSpec, ArtifactKind, CredentialSpec, RunEventBody } from '@errand/contracts'
import type { RunState } from '@errand/domain'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { byteText, id, orgId, time } from './schema/columns.ts'
import type { CredentialTest, FrozenSpec, SettingsBody } from './rows.ts'

/** Agents and credentials in the order in which they were first made, for an export in that order. */
export const configOrder = pgSequence('config_order')
const place = () =>
  bigint('place', { mode: 'number' })
    .notNull()
    .default(sql`nextval('config_order')`)

export const orgs = pgTable('orgs', {
  id: id('id', 'org').primaryKey(),
  name: text('name').notNull().unique(),
  createdAt: time('created_at').notNull(),
})

export const users = pgTable(
  'users',
  {
    id: id('id', 'user').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    name: text('name').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [uniqueIndex('users_by_name').on(t.orgId, t.name)],
)

export const apiTokens = pgTable(
  'api_tokens',
  {
    id: id('id', 'token').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    userId: id('user_id', 'user')
      .notNull()
      .references(() => users.id),
    name: text('name').notNull(),
    /** What a person sees of it afterwards. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the token, hex. */
    hash: byteText('hash').notNull().unique(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [index('api_tokens_by_org').on(t.orgId, t.id)],
)

export const agents = pgTable(
  'agents',
  {
    id: id('id', 'agent').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    name: byteText('name').notNull(),
    version: integer('version').notNull(),
    place: place(),
    /** Takes no new runs since then; null while it does. */
    disabledAt: time('disabled_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [uniqueIndex('agents_by_name').on(t.orgId, t.name)],
)

export const agentVersions = pgTable(
  'agent_versions',
  {
    orgId: orgId(),
    agentId: id('agent_id', 'agent')
      .notNull()
      .references(() => agents.id),
    version: integer('version').notNull(),
    spec: jsonb('spec').$type<AgentSpec>().notNull(),
    /** The document as it was applied, byte for byte; null when the version did not come from a document. */
    source: text('source'),
    /** Came with Errand and was changed by nobody: left out of an export unless it is asked for. */
    isBuiltin: boolean('is_builtin').notNull().default(false),
    /** Why somebody made it, in their words. */
    note: text('note'),
    createdBy: id('created_by', 'user').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.agentId, t.version] })],
)

export const credentials = pgTable(
  'credentials',
  {
    id: id('id', 'credential').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    name: byteText('name').notNull(),
    spec: jsonb('spec').$type<CredentialSpec>().notNull(),
    source: text('source'),
    /** Opened by the gateway alone. Null until a value was given. */
    sealed: text('sealed'),
    keyId: text('key_id'),
    version: integer('version').notNull(),
    place: place(),
    /** What the last real call with it brought. */
    lastTest: jsonb('last_test').$type<CredentialTest>(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('credentials_by_name').on(t.orgId, t.name),
    index('credentials_by_host').on(t.orgId, sql`(spec ->> 'host')`),
  ],
)

export const repositories = pgTable(
  'repositories',
  {
    id: id('id', 'repository').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    /** `local/<name>`, or the address of one that was used. */
    ref: byteText('ref').notNull(),
    isLocal: boolean('is_local').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [uniqueIndex('repositories_by_ref').on(t.orgId, t.ref)],
)

/** One task fired several times. */
export const batches = pgTable('batches', {
  id: id('id', 'batch').primaryKey(),
  orgId: orgId().references(() => orgs.id),
  createdBy: id('created_by', 'user').notNull(),
  createdAt: time('created_at').notNull(),
  size: integer('size').notNull(),
  /** The attempt that a person picked. */
  winnerRunId: id('winner_run_id', 'run'),
})

export const runs = pgTable(
  'runs',
  {
    id: id('id', 'run').primaryKey(),
    orgId: orgId(),
    createdBy: id('created_by', 'user').notNull(),
    createdAt: time('created_at').notNull(),
    prompt: text('prompt').notNull(),
    /** The prompt's beginning: lists read this and leave the prompt where it lies. */
    title: text('title').notNull(),
    agentId: id('agent_id', 'agent').notNull(),
    agentVersion: integer('agent_version').notNull(),
    spec: jsonb('spec').$type<FrozenSpec>().notNull(),
    parentRunId: id('parent_run_id', 'run'),
    rootRunId: id('root_run_id', 'run').notNull(),
    retryOf: id('retry_of', 'run'),
    batchId: id('batch_id', 'batch').references(() => batches.id),
    /** From 1; null outside of a batch. */
    attempt: integer('attempt'),
    trigger: text('trigger').notNull(),
    idempotencyKey: text('idempotency_key'),
    requestHash: text('request_hash'),
    desired: text('desired').$type<'done' | 'cancelled'>().notNull(),
    /** While it waits for a place: how long it may wait. Afterwards: when its time is up. */
    deadlineAt: time('deadline_at').notNull(),
    /** When its events may be forgotten; null once they are. The row itself stays. */
    eventsUntil: time('events_until'),
    state: jsonb('state').$type<RunState>().notNull(),
    status: text('status').generatedAlwaysAs(sql`(state ->> 'status')`),
    seq: integer('seq').generatedAlwaysAs(sql`((state ->> 'seq')::integer)`),
    isGone: boolean('is_gone').generatedAlwaysAs(sql`((state ->> 'goneAt') is not null)`),
    costUsd: doublePrecision('cost_usd').generatedAlwaysAs(sql`((state -> 'usage' ->> 'costUsd')::double precision)`),
    /** The runner's own number of the last event that was taken from it. */
    runnerSeq: integer('runner_seq').notNull().default(0),
    /** When admission gave it a place; it holds the place until its sandbox is gone. */
    placeAt: time('place_at'),
    leaseOwner: text('lease_owner'),
    leaseToken: uuid('lease_token'),
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    wakeAt: timestamp('wake_at', { withTimezone: true }),
  },
  (t) => [
    index('runs_by_org').on(t.orgId, t.id),
    index('runs_by_status').on(t.orgId, t.status, t.id),
    index('runs_by_agent').on(t.orgId, t.agentId, t.id),
    index('runs_by_batch')
      .on(t.batchId, t.id)
      .where(sql`batch_id is not null`),
    index('runs_due')
      .on(t.wakeAt)
      .where(sql`wake_at is not null`),
    index('runs_waiting')
      .on(t.orgId, t.createdBy, t.id)
      .where(sql`status = 'queued' and place_at is null and desired = 'done'`),
    index('runs_placed')
      .on(t.orgId, t.createdBy)
      .where(sql`place_at is not null and not is_gone`),
    index('runs_to_forget')
      .on(t.eventsUntil)
      .where(sql`events_until is not null`),
    uniqueIndex('runs_by_idempotency_key')
      .on(t.orgId, t.idempotencyKey)
      .where(sql`idempotency_key is not null`),
  ],
)

/** No foreign key: the insert hangs on the run's row already, and fifty million checks would prove nothing more. */
export const runEvents = pgTable(
  'run_events',
  {
    orgId: orgId(),
    runId: id('run_id', 'run').notNull(),
    seq: integer('seq').notNull(),
    at: time('at').notNull(),
    type: text('type').notNull(),
    body: jsonb('body').$type<RunEventBody>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.seq] })],
)

export const runTokens = pgTable('run_tokens', {
  runId: id('run_id', 'run')
    .primaryKey()
    .references(() => runs.id),
  orgId: orgId(),
  hash: byteText('hash').notNull().unique(),
  /** The address from which alone it is taken; null on one machine, where the sandbox's own socket says whose it is. */
  address: text('address'),
  createdAt: time('created_at').notNull(),
  /** When its runner last asked what is wanted of it. Here and not with the run: a sign of life must wait for no event. */
  heardAt: time('heard_at'),
})

export const artifacts = pgTable(
  'artifacts',
  {
    id: id('id', 'artifact').primaryKey(),
    orgId: orgId(),
    runId: id('run_id', 'run')
      .notNull()
      .references(() => runs.id),
    name: text('name').notNull(),
    kind: text('kind').$type<ArtifactKind>().notNull(),
    mediaType: text('media_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: byteText('sha256').notNull(),
    createdAt: time('created_at').notNull(),
    retainUntil: time('retain_until').notNull(),
  },
  (t) => [
    uniqueIndex('artifacts_once').on(t.runId, t.name, t.sha256),
    index('artifacts_by_run').on(t.runId, t.id),
    index('artifacts_by_sha256').on(t.sha256),
    index('artifacts_to_forget').on(t.retainUntil),
  ],
)

export const inputs = pgTable(
  'inputs',
  {
    orgId: orgId().references(() => orgs.id),
    sha256: byteText('sha256').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    createdAt: time('created_at').notNull(),
    retainUntil: time('retain_until').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.sha256] }),
    index('inputs_by_sha256').on(t.sha256),
    index('inputs_to_forget').on(t.retainUntil),
  ],
)

export const settings = pgTable('settings', {
  orgId: orgId()
    .primaryKey()
    .references(() => orgs.id),
  body: jsonb('body').$type<Partial<SettingsBody>>().notNull(),
  updatedAt: time('updated_at').notNull(),
})

/** What another process asks of the gateway, and its answer. No process calls another. */
export const gatewayRequests = pgTable(
  'gateway_requests',
  {
    id: id('id', 'request').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    body: jsonb('body').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    takenAt: time('taken_at'),
    answer: jsonb('answer'),
    answeredAt: time('answered_at'),
  },
  (t) => [
    index('gateway_requests_open')
      .on(t.id)
      .where(sql`taken_at is null`),
    index('gateway_requests_to_forget').on(t.expiresAt),
  ],
)

/** Which runs worked on a repository, so that a list of them starts in the middle of an index. */
export const runRepositories = pgTable(
  'run_repositories',
  {
    orgId: orgId(),
    repository: byteText('repository').notNull(),
    runId: id('run_id', 'run').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.repository, t.runId] })],
)

/**
 * What a person has done with a run. Whoever fires one gets a row, neither seen nor archived; for who has none it is
 * seen.
 */
export const runMarks = pgTable(
  'run_marks',
  {
    orgId: orgId(),
    userId: id('user_id', 'user').notNull(),
    runId: id('run_id', 'run').notNull(),
    seenAt: time('seen_at'),
    archivedAt: time('archived_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.userId, t.runId] }),
    index('run_marks_unseen')
      .on(t.orgId, t.userId, t.runId)
      .where(sql`seen_at is null and archived_at is null`),
  ],
)

/** Tasks that were not fired yet: one that is being written (`isCurrent`), and those put aside. */
export const drafts = pgTable(
  'drafts',
  {
    id: id('id', 'draft').primaryKey(),
    orgId: orgId().references(() => orgs.id),
    userId: id('user_id', 'user')
      .notNull()
      .references(() => users.id),
    isCurrent: boolean('is_current').notNull(),
    body: jsonb('body').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('drafts_current')
      .on(t.orgId, t.userId)
      .where(sql`is_current`),
    index('drafts_by_user').on(t.orgId, t.userId, t.id),
  ],
)
