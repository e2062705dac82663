import { Fault, nameSchema, newId, type OrgId } from '@errand/contracts'
import { formatRepositoryAddress, parseRepositoryAddress, type RepositoryAddress } from '@errand/domain'
import { deleteRepository, insertRepository, listRepositoryRows, type RepositoryRow } from '@errand/store'
import * as z from 'zod'
import { askGatewayFor, tellGateway } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import type { BranchesView, RepositoryView } from './types.ts'

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

const branchesSchema = z.object({
  branches: z.array(z.object({ name: z.string(), isDefault: z.boolean() })),
  default: z.string().nullable(),
  isCut: z.boolean(),
})

/** Longer than the gateway gives the host, so that its words arrive. */
const BRANCHES_PATIENCE_MS = 20_000

/**
 * The branches of a repository, local or remote, as its holder names them now; only the gateway has the credential.
 * Faults: `repository.…`, `egress.…`, `upstream.…` with what the host said, `input.invalid`.
 */
export async function readBranches(
  { orgId }: Actor,
  { repository, isFresh = false }: { repository: string; isFresh?: boolean | undefined },
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<BranchesView> {
  const body = {
    kind: 'repository.branches',
    repository: formatRepositoryAddress(addressOf(repository)),
    isFresh,
  } as const
  return askGatewayFor({ orgId, body, patienceMs: BRANCHES_PATIENCE_MS, schema: branchesSchema }, deps)
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
