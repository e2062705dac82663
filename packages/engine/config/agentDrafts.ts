import type { AgentSpec } from '@errand/contracts'
import {
  type AgentDraftRow,
  deleteAgentDraft,
  findAgentDraft,
  listAgentDrafts,
  listAgentVersions,
  writeAgentDraft,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { parsedAgent } from './saveAgent.ts'
import type { AgentDraftView, AgentVersionView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

const MOST_VERSIONS = 500

/** Those of agents that were never saved among them. */
export async function readAgentDrafts({ orgId }: Actor, { db }: Pick<Deps, 'db'>): Promise<readonly AgentDraftView[]> {
  return (await listAgentDrafts(db, { orgId })).map(toView)
}

/** Null while the agent is as its newest version says. */
export async function readAgentDraft(
  { orgId }: Actor,
  name: string,
  { db }: Pick<Deps, 'db'>,
): Promise<AgentDraftView | null> {
  const row = await findAgentDraft(db, { orgId, name })
  return row === undefined ? null : toView(row)
}

/** Keeps what somebody is working on, for every device. Fault `input.invalid`. */
export async function keepAgentDraft(
  { orgId, userId }: Actor,
  input: { name: string; baseVersion: number; spec: AgentSpec },
  { db, now }: Deps,
): Promise<void> {
  const { name, spec } = parsedAgent(input)
  await writeAgentDraft(db, { orgId, name, spec, baseVersion: input.baseVersion, updatedBy: userId, now: now() })
}

/** One that is gone is fine. */
export async function dropAgentDraft({ orgId }: Actor, name: string, { db }: Pick<Deps, 'db'>): Promise<void> {
  await deleteAgentDraft(db, { orgId, name })
}

/** Newest first, the last 500. Empty for an agent that was never saved. */
export async function listVersions(
  { orgId }: Actor,
  name: string,
  { db }: Pick<Deps, 'db'>,
): Promise<readonly AgentVersionView[]> {
  const rows = await listAgentVersions(db, { orgId, name, limit: MOST_VERSIONS })
  return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }))
}

function toView({ updatedAt, ...row }: AgentDraftRow): AgentDraftView {
  return { ...row, updatedAt: updatedAt.toISOString() }
}
