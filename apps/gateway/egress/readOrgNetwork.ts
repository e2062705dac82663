import type { OrgId } from '@errand/contracts'
import { parseRepositoryAddress } from '@errand/domain'
import { type EngineDeps, listRepositories, readSettings } from '@errand/engine'
import type { OrgNetwork } from './egressDeps.ts'

/** An install opens dozens of connections in a second; what the owner changes holds a moment later. */
const FRESH_MS = 2_000

/** Reads settings and git hosts of an organisation, remembered for two seconds. */
export function orgNetworkReader(deps: EngineDeps): (orgId: OrgId) => Promise<OrgNetwork> {
  const known = new Map<OrgId, { readonly at: number; readonly network: Promise<OrgNetwork> }>()
  return (orgId) => {
    const now = deps.now().getTime()
    const before = known.get(orgId)
    if (before !== undefined && now - before.at < FRESH_MS) return before.network
    const network = readOrgNetwork(orgId, deps)
    known.set(orgId, { at: now, network })
    // A failure is told to whoever asked, and asked for anew the next time.
    network.catch(() => known.delete(orgId))
    return network
  }
}

async function readOrgNetwork(orgId: OrgId, deps: EngineDeps): Promise<OrgNetwork> {
  const [settings, repositories] = await Promise.all([readSettings({ orgId }, deps), listRepositories({ orgId }, deps)])
  const gitHosts = repositories.flatMap(({ repository, isLocal }) => (isLocal ? [] : gitHostOf(repository)))
  return { trustedHosts: [...new Set([...settings.trustedHosts, ...gitHosts])], privateHosts: settings.privateHosts }
}

function gitHostOf(repository: string): string[] {
  const address = parseRepositoryAddress(repository)
  if (address.kind !== 'remote') return []
  const { host, port } = address.target
  return [port === 443 || port === 80 ? host : `${host}:${port}`]
}
