import { parseAuthority, parseRepositoryAddress } from '@errand/domain'
import { type CredentialRow, listAgentRows, listCredentialRows, listRepositoryRows } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { CredentialView } from './types.ts'

/** In the order in which they were made, with who uses them. Values are never among it. */
export async function listCredentials(
  { orgId }: Actor,
  { db }: Pick<EngineDeps, 'db'>,
): Promise<readonly CredentialView[]> {
  const [rows, agents, repositories] = await Promise.all([
    listCredentialRows(db, { orgId }),
    listAgentRows(db, { orgId }),
    listRepositoryRows(db, { orgId }),
  ])
  return rows.map((row) => ({
    name: row.name,
    spec: row.spec,
    hasSecret: row.sealed !== null,
    version: row.version,
    updatedAt: row.updatedAt.toISOString(),
    lastTest: lastTestOf(row),
    agents: agents
      .filter(({ spec }) => spec.runtime === 'claude-code' && spec.credential === row.name)
      .map(({ name }) => name),
    repositories: repositories.map(({ ref }) => ref).filter((ref) => isOnHost(ref, row)),
  }))
}

function lastTestOf({ lastTest, version }: CredentialRow): CredentialView['lastTest'] {
  if (lastTest === null) return null
  const { at, ok, words, ms } = lastTest
  return { at, ok, words, ms, isOutdated: lastTest.version !== version }
}

function isOnHost(ref: string, { spec }: CredentialRow): boolean {
  const address = parseRepositoryAddress(ref)
  if (spec.type !== 'git' || address.kind !== 'remote') return false
  const { host, port } = address.target
  const owned = parseAuthority(spec.host.replace(/^\*\./, ''), address.scheme === 'http' ? 80 : 443)
  if (owned === null || owned.port !== port) return false
  return spec.host.startsWith('*.') ? host.endsWith(`.${owned.host}`) : host === owned.host
}
