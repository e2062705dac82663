import {
  type CredentialId,
  type CredentialSpec,
  credentialSpecSchema,
  Fault,
  nameSchema,
  newId,
  type OrgId,
} from '@errand/contracts'
import {
  type CredentialRow,
  findCredential,
  findCredentialByHost,
  listCredentialRows,
  listSealedWithOtherKey,
  type Queryable,
  removeCredential,
  resealCredential,
  setCredentialSource,
  type Transaction,
  writeCredential,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { DEMO_CREDENTIAL, pointDefaultAgent } from './builtins.ts'
import { canonicalJson } from './canonicalJson.ts'
import { renderDocument } from './renderDocument.ts'
import type { Applied, CredentialView, SealedCredential } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'sealer'>

/** In the order in which they were made. Values are never among it. */
export async function listCredentials(actor: Actor, { db }: Pick<Deps, 'db'>): Promise<readonly CredentialView[]> {
  const rows = await listCredentialRows(db, { orgId: actor.orgId })
  return rows.map(({ name, spec, sealed, version, updatedAt }) => ({
    name,
    spec,
    hasSecret: sealed !== null,
    version,
    updatedAt: updatedAt.toISOString(),
  }))
}

/**
 * Makes a credential (`spec`), gives one that is there a new value (`secret`), or both. Faults: `credential.unknown`
 * for a value without a credential, `input.invalid`.
 */
export async function setCredentialSecret(
  actor: Actor,
  input: { name: string; spec?: CredentialSpec | undefined; secret?: string | undefined },
  deps: Deps,
): Promise<Applied> {
  const name = nameSchema.safeParse(input.name)
  if (!name.success) throw inputFault(name.error)
  const spec = credentialSpecSchema.optional().safeParse(input.spec)
  if (!spec.success) throw inputFault(spec.error)
  return deps.db.transaction((tx) =>
    changeCredential(tx, { actor, name: name.data, spec: spec.data, secret: input.secret }, deps),
  )
}

/** Fault `credential.unknown`. */
export async function deleteCredential(actor: Actor, name: string, deps: Pick<Deps, 'db' | 'now'>): Promise<void> {
  await deps.db.transaction(async (tx) => {
    if (!(await removeCredential(tx, { orgId: actor.orgId, name }))) throw new Fault('credential.unknown', `${name}.`)
    await pointDefaultAgent(tx, { actor, from: name, to: DEMO_CREDENTIAL, now: deps.now() })
  })
}

/** For the gateway. Null when there is none of this name. */
export async function readSealedCredential(
  { orgId, name }: { orgId: OrgId; name: string },
  { db }: Pick<Deps, 'db'>,
): Promise<SealedCredential | null> {
  const row = await findCredential(db, { orgId, name })
  return row === undefined ? null : toSealed(row, orgId)
}

/** For the gateway: the git credential of a host (`host`, or `host:port`), the most exact pattern first. */
export async function findGitCredential(
  { orgId, host }: { orgId: OrgId; host: string },
  { db }: Pick<Deps, 'db'>,
): Promise<SealedCredential | null> {
  const labels = host.split('.')
  const patterns = [host, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)]
  const row = await findCredentialByHost(db, { orgId, patterns })
  return row === undefined ? null : toSealed(row, orgId)
}

/** What `apply` and the set command share. The row is locked; `source` is what its document shall be. */
export async function changeCredential(
  tx: Transaction,
  change: { actor: Actor; name: string; spec: CredentialSpec | undefined; secret: string | undefined; source?: string },
  { now, sealer }: Pick<Deps, 'now' | 'sealer'>,
): Promise<Applied> {
  const { actor, name, source } = change
  const { orgId } = actor
  if (name === DEMO_CREDENTIAL) throw new Fault('name.taken', '`demo` is the built-in model that needs no key.')
  const row = await findCredential(tx, { orgId, name, isLocked: true })
  const spec = change.spec ?? row?.spec
  if (spec === undefined) throw new Fault('credential.unknown', `${name}.`)
  const isSpecNew = row === undefined || canonicalJson(row.spec) !== canonicalJson(spec)
  if (row !== undefined && !isSpecNew && change.secret === undefined) {
    if (source !== undefined && source !== row.source) await setCredentialSource(tx, { orgId, id: row.id, source })
    return { kind: 'Credential', name, change: 'unchanged', version: row.version }
  }
  const at = now()
  const id = row?.id ?? newId('credential', at)
  const secret = valueOf(change.secret)
  const sealed = secret === undefined ? (row?.sealed ?? null) : await sealer.seal(secret, aadOf(id, orgId))
  const version = (row?.version ?? 0) + 1
  const isWritten = await writeCredential(tx, {
    id,
    orgId,
    name,
    version,
    spec,
    source: source ?? (isSpecNew ? null : row.source),
    sealed,
    keyId: secret === undefined ? (row?.keyId ?? null) : sealer.keyId,
    now: at,
  })
  if (!isWritten)
    throw new Fault('name.taken', `Somebody made the credential ${name} at the same moment. Try it again.`)
  if (canBeAsked(spec, sealed)) await pointDefaultAgent(tx, { actor, from: DEMO_CREDENTIAL, to: name, now: at })
  return { kind: 'Credential', name, change: row === undefined ? 'created' : 'updated', version }
}

/** The document it was made of, or one that makes the same. */
export function credentialDocument({ name, spec, source }: CredentialRow): string {
  return source ?? renderDocument({ kind: 'Credential', name, spec })
}

/**
 * Key rotation, through every organisation: each value that was not sealed with `keyId` is handed to `reseal`, which
 * opens and seals it again. Safe to stop and to run again. Returns how many were changed.
 */
export async function resealCredentials(
  { keyId, reseal }: { keyId: string; reseal: (sealed: string, aad: string) => Promise<string> },
  { db }: { db: Queryable },
): Promise<{ resealed: number }> {
  let resealed = 0
  let after = ''
  for (;;) {
    const rows = await listSealedWithOtherKey(db, { keyId, after, limit: 100 })
    for (const { orgId, id, sealed } of rows) {
      const next = await reseal(sealed, aadOf(id, orgId))
      if (await resealCredential(db, { orgId, id, from: sealed, sealed: next, keyId })) resealed++
      after = id
    }
    if (rows.length === 0) return { resealed }
  }
}

function toSealed({ id, name, spec, version, sealed }: CredentialRow, orgId: OrgId): SealedCredential {
  return { id, name, spec, version, sealed, aad: aadOf(id, orgId) }
}

/** Where a sealed value belongs: in another row it does not open. */
function aadOf(id: CredentialId, orgId: OrgId): string {
  return `credentials|${id}|${orgId}`
}

function valueOf(secret: string | undefined): string | undefined {
  if (secret === undefined) return undefined
  const value = secret.trim()
  if (value === '') throw new Fault('input.invalid', 'secret: it is empty.')
  // It becomes part of a header: a line break in it would be a second header.
  if (/\p{Cc}/u.test(value))
    throw new Fault('input.invalid', 'secret: it holds a line break or another control character.')
  return value
}

function canBeAsked(spec: CredentialSpec, sealed: string | null): boolean {
  if (spec.type === 'git') return false
  return sealed !== null || (spec.type === 'llm-compatible' && spec.auth === 'none')
}
