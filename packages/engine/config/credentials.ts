import {
  type CredentialId,
  type CredentialSpec,
  credentialSpecSchema,
  Fault,
  isModelCredential,
  nameSchema,
  newId,
  type OrgId,
} from '@errand/contracts'
import {
  type CredentialRow,
  findCredential,
  findCredentialByHost,
  removeCredential,
  setCredentialSource,
  type Transaction,
  writeCredential,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { DEMO_CREDENTIAL, pointDefaultAgent } from './builtins.ts'
import { canonicalJson } from './canonicalJson.ts'
import { renderDocument } from './renderDocument.ts'
import { atTheSameMoment, sealedValue, sealingAad } from './sealing.ts'
import type { Applied, GivenSecret, SealedCredential } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'sealer'>

export interface CredentialChange {
  readonly name: string
  readonly spec?: CredentialSpec | undefined
  /** In clear, from a program on this machine. */
  readonly secret?: string | undefined
  /** Sealed in a browser for the place that `readSealingPlace` gave. */
  readonly sealed?: { readonly id: CredentialId; readonly value: string } | undefined
}

/**
 * Makes a credential (`spec`), gives one that is there a new value (`secret` or `sealed`), or both. Faults: `credential.unknown`
 * for a value without a credential, `input.invalid`.
 */
export async function setCredentialSecret(actor: Actor, input: CredentialChange, deps: Deps): Promise<Applied> {
  const name = nameSchema.safeParse(input.name)
  if (!name.success) throw inputFault(name.error)
  const spec = credentialSpecSchema.optional().safeParse(input.spec)
  if (!spec.success) throw inputFault(spec.error)
  return deps.db.transaction((tx) =>
    changeCredential(tx, { actor, name: name.data, spec: spec.data, secret: givenSecret(input) }, deps),
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
  change: {
    actor: Actor
    name: string
    spec: CredentialSpec | undefined
    secret: GivenSecret | undefined
    source?: string
  },
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
  const { secret } = change
  const id = row?.id ?? (secret?.kind === 'sealed' ? secret.id : newId('credential', at))
  const sealed = secret === undefined ? (row?.sealed ?? null) : await sealedValue(secret, { id, orgId, sealer })
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
  if (!isWritten) throw atTheSameMoment(name)
  if (canBeAsked(spec, sealed)) await pointDefaultAgent(tx, { actor, from: DEMO_CREDENTIAL, to: name, now: at })
  return { kind: 'Credential', name, change: row === undefined ? 'created' : 'updated', version }
}

/** The document it was made of, or one that makes the same. */
export function credentialDocument({ name, spec, source }: CredentialRow): string {
  return source ?? renderDocument({ kind: 'Credential', name, spec })
}

function givenSecret({ secret, sealed }: CredentialChange): GivenSecret | undefined {
  if (sealed !== undefined) return { kind: 'sealed', ...sealed }
  return secret === undefined ? undefined : { kind: 'plain', value: secret }
}

function toSealed({ id, name, spec, version, sealed }: CredentialRow, orgId: OrgId): SealedCredential {
  return { id, name, spec, version, sealed, aad: sealingAad(id, orgId) }
}

function canBeAsked(spec: CredentialSpec, sealed: string | null): boolean {
  if (!isModelCredential(spec)) return false
  return sealed !== null || (spec.type === 'llm-compatible' && spec.auth === 'none')
}
