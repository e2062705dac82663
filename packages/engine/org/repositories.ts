import { Fault, nameSchema, newId, type OrgId } from '@errand/contracts'
import { formatRepositoryAddress, parseRepositoryAddress, type RepositoryAddress } from '@errand/domain'
import { deleteRepository, insertRepository, listRepositoryRows, type RepositoryRow } from '@errand/store'
import { tellGateway } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import type { RepositoryView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** Local ones first, then the addresses that were used. */
export async function listRepositories(
  { orgId }: { readonly orgId: OrgId },
  { db }: Pick<Deps, 'db'>,
): Promise<readonly RepositoryView[]> {
  return (await listRepositoryRows(db, { orgId })).map(toView)
}

/**
 * Adds a local repository (`app` or `local/app`: empty until somebody pushes), or remembers an address. Faults
 * `name.taken`, `input.invalid`.
 */
export async function addRepository(
  { orgId }: Actor,
  { name }: { name: string },
  { db, now }: Deps,
): Promise<RepositoryView> {
  const address = addressOf(name)
  const ref = formatRepositoryAddress(address)
  const at = now()
  const row = await insertRepository(db, {
    id: newId('repository', at),
    orgId,
    ref,
    isLocal: address.kind === 'local',
    now: at,
  })
  if (row === undefined) throw new Fault('name.taken', `${ref}.`)
  return toView(row)
}

/** Forgets it; a local one is removed with everything in it. Fault `repository.unknown`. */
export async function removeRepository({ orgId }: Actor, repository: string, { db, now }: Deps): Promise<void> {
  const address = addressOf(repository)
  await db.transaction(async (tx) => {
    if (!(await deleteRepository(tx, { orgId, ref: formatRepositoryAddress(address) })))
      throw new Fault('repository.unknown', `${repository}.`)
    if (address.kind === 'local')
      await tellGateway(tx, { orgId, body: { kind: 'repository.remove', name: address.name }, now: now() })
  })
}

function addressOf(text: string): RepositoryAddress {
  const address = parseRepositoryAddress(nameSchema.safeParse(text).success ? `local/${text}` : text)
  if (address.kind === 'invalid') throw new Fault('input.invalid', address.words)
  return address
}

function toView({ id, ref, isLocal, createdAt, lastUsedAt }: RepositoryRow): RepositoryView {
  return {
    id,
    repository: ref,
    isLocal,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
