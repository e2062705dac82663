import { Fault, type OrgId, type RegistryHit, type RegistrySearch, registrySearchSchema } from '@errand/contracts'
import { findRegistryEntries, keepRegistryEntries } from '@errand/store'
import { askGatewayFor } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'

/** Longer than the gateway gives the registry. */
const PATIENCE_MS = 20_000
const MAX_KEPT = 50

/**
 * What a registry of MCP servers has for these words. The gateway asks it, for the api reaches nothing outside. When it does
 * not answer, what it said earlier comes with a word about its age. Faults `registry.unreachable`, `upstream.unreachable`.
 */
export async function searchRegistry(
  { orgId }: Actor,
  { text }: { text: string },
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<RegistrySearch> {
  const body = { kind: 'registry.search', text } as const
  return askGatewayFor({ orgId, body, patienceMs: PATIENCE_MS, schema: registrySearchSchema }, deps)
}

interface Kept {
  readonly orgId: OrgId
  readonly registry: string
}

/** For the gateway: what the registry just said. */
export async function keepRegistryHits(
  { orgId, registry, hits }: Kept & { hits: readonly RegistryHit[] },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  if (hits.length > 0) await keepRegistryEntries(db, { orgId, registry, hits, now: now() })
}

/** For the gateway, when the registry does not answer: what it said earlier. */
export async function findKeptHits(
  { orgId, registry, text, words }: Kept & { text: string; words: string },
  { db }: Pick<EngineDeps, 'db'>,
): Promise<RegistrySearch> {
  const rows = await findRegistryEntries(db, { orgId, registry, text, limit: MAX_KEPT })
  if (rows.length === 0) throw new Fault('registry.unreachable', words)
  const oldest = Math.min(...rows.map(({ seenAt }) => seenAt.getTime()))
  return {
    registry,
    hits: rows.map((row) => row.body),
    unreadable: 0,
    copy: { oldestAt: new Date(oldest).toISOString(), words },
  }
}
