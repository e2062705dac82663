import { Fault, type RunId, type RunStatus } from '@errand/contracts'
import { formatRepositoryAddress, parseRepositoryAddress } from '@errand/domain'
import { type ArchiveFilter, findAgent, searchRunRows } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { listed, sizeOf } from './runGroups.ts'
import type { ListedPage } from './types.ts'

export interface RunSearch {
  readonly before?: RunId | undefined
  readonly limit: number
  /** Looked for in the first 500 characters of the prompts. */
  readonly text?: string | undefined
  readonly status?: readonly RunStatus[] | undefined
  readonly agent?: string | undefined
  readonly repository?: string | undefined
  readonly archive?: ArchiveFilter | undefined
}

/** How many runs one page may look at. */
const WALK = 2_000

/**
 * Runs that fit, newest first. One call does a bounded amount of work: a page can come short, even empty, and `next`
 * leads further back. Fault `agent.unknown`.
 */
export async function searchRuns(actor: Actor, search: RunSearch, deps: Pick<EngineDeps, 'db'>): Promise<ListedPage> {
  const { orgId } = actor
  const text = search.text?.trim() ?? ''
  const filter = {
    text: text === '' ? null : text,
    status: search.status === undefined || search.status.length === 0 ? null : [...new Set(search.status)],
    agentId: search.agent === undefined ? null : await agentId(search.agent),
    repository: search.repository === undefined ? null : refOf(search.repository),
    archive: search.archive ?? 'all',
  }
  const page = { before: search.before ?? null, limit: sizeOf(search.limit), walk: WALK, filter }
  return listed(actor, await searchRunRows(deps.db, actor, page), deps)

  async function agentId(name: string): Promise<string> {
    const row = await findAgent(deps.db, { orgId, name })
    if (row === undefined) throw new Fault('agent.unknown', `${name}.`)
    return row.id
  }
}

/** As it was filed; what is no address finds nothing. */
function refOf(repository: string): string {
  const address = parseRepositoryAddress(repository)
  return address.kind === 'invalid' ? repository : formatRepositoryAddress(address)
}
