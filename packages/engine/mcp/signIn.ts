import { Fault, type GrantState, type McpServerSpec } from '@errand/contracts'
import { newGrant, seenGrant } from '@errand/domain'
import { findCredential, findCredentialById, findGrant, type Queryable } from '@errand/store'
import * as z from 'zod'
import { askGateway, askGatewayFor } from '../config/gatewayRequests.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { setCredentialSecret } from '../config/credentials.ts'
import { keepCallback } from './callback.ts'
import type { GrantId } from './grantRows.ts'
import { requireServer } from './requireServer.ts'
import { saveMcpServer } from './servers.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'feed'>

/** Discovery asks several servers in turn, each with its own patience. */
const OFFER_MS = 90_000
const EXCHANGE_MS = 45_000

const offeredSchema = z.object({ address: z.url(), expiresAt: z.iso.datetime() })
/** Where a person opens the sign-in, and until when it can be finished. */
export type SignInOffer = z.infer<typeof offeredSchema>

/**
 * Has the gateway find out how to sign in with a server, and gives the address to open. A server without a credential
 * gets one. `origin` is Errand's own, as browsers see it: that is where they come back to. Faults `mcp.unknown`,
 * `sign-in.impossible`, `sign-in.not-wanted`, …
 */
export async function startSignIn(
  actor: Actor,
  { server, origin }: { server: string; origin: string },
  deps: Deps & Pick<EngineDeps, 'sealer'>,
): Promise<SignInOffer> {
  const credential = await signInCredential(actor, server, deps)
  const body = { kind: 'mcp.sign-in', credential, origin: new URL(origin).origin, by: actor.name } as const
  return askGatewayFor({ orgId: actor.orgId, body, patienceMs: OFFER_MS, schema: offeredSchema }, deps)
}

/** One button: the credential that holds what the sign-in brings is made along the way, and the server told of it. */
async function signInCredential(actor: Actor, name: string, deps: Deps & Pick<EngineDeps, 'sealer'>): Promise<string> {
  const { spec, version } = await requireServer(deps.db, { orgId: actor.orgId, name })
  const given = credentialOf(spec)
  if (given !== null) return given
  if (spec.type !== 'remote') throw new Fault('sign-in.not-wanted', `${name} is run by Errand itself.`)
  const known = await findCredential(deps.db, { orgId: actor.orgId, name })
  const isItsOwn = known?.spec.type === 'oauth' && known.spec.server === name
  const credential = known === undefined || isItsOwn ? name : `${name.slice(0, 55)}-sign-in`
  await setCredentialSecret(actor, { name: credential, spec: { type: 'oauth', server: name } }, deps)
  await saveMcpServer(actor, { name, spec: { ...spec, credential }, baseVersion: version }, deps)
  return credential
}

function credentialOf(spec: McpServerSpec): string | null {
  return spec.type === 'remote' ? (spec.credential ?? null) : null
}

export interface CallbackOutcome {
  /** The server that was signed in with. */
  readonly server: string
  /** Null when all is well. */
  readonly fault: Fault | null
}

/** What the browser brought back is kept sealed, exchanged by the gateway, and the outcome told. Fault `sign-in.unknown`. */
export async function takeCallback(
  query: Readonly<Record<string, string>>,
  deps: Deps & Pick<EngineDeps, 'sealer'>,
): Promise<CallbackOutcome> {
  const { orgId, credentialId } = await keepCallback(query, deps)
  const row = await findCredentialById(deps.db, { orgId, id: credentialId })
  if (row?.spec.type !== 'oauth') throw new Fault('sign-in.unknown')
  const body = { kind: 'mcp.exchange', credential: row.name } as const
  const { ok, code, detail } = await askGateway({ orgId, body, patienceMs: EXCHANGE_MS }, deps)
  return { server: row.spec.server, fault: ok ? null : new Fault(code ?? 'sign-in.refused', detail) }
}

export interface GrantView {
  readonly server: string
  /** Null while the server has none. */
  readonly credential: string | null
  /** Null where the server is used without a sign-in. */
  readonly grant: GrantState | null
}

/** Where the sign-in with a server stands. Fault `mcp.unknown`. */
export async function readGrant(
  { orgId }: Pick<Actor, 'orgId'>,
  server: string,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<GrantView> {
  const { spec, name } = await requireServer(db, { orgId, name: server })
  const credential = credentialOf(spec)
  if (credential === null) return { server: name, credential, grant: null }
  const row = await findCredential(db, { orgId, name: credential })
  if (row?.spec.type !== 'oauth') return { server: name, credential, grant: null }
  const grant = await findGrant(db, { orgId, credentialId: row.id })
  const state = grant === undefined ? newGrant(row.createdAt) : seenGrant(grant.state, now())
  return { server: name, credential, grant: state }
}

/** Faults `mcp.unknown`, `sign-in.not-wanted`. */
export async function signOut({ orgId }: Actor, server: string, deps: Deps): Promise<void> {
  const { spec } = await requireServer(deps.db, { orgId, name: server })
  const credential = credentialOf(spec)
  if (credential === null) throw new Fault('sign-in.not-wanted', `${server} has no credential.`)
  const body = { kind: 'mcp.sign-out', credential } as const
  const { ok, code, words, detail } = await askGateway({ orgId, body, patienceMs: EXCHANGE_MS }, deps)
  if (!ok) throw code === undefined ? new Fault('upstream.rejected', words) : new Fault(code, detail)
}

/** For the gateway. */
export async function readCredentialName(
  { orgId, id }: { orgId: GrantId['orgId']; id: GrantId['credentialId'] },
  { db }: { readonly db: Queryable },
): Promise<string | null> {
  return (await findCredentialById(db, { orgId, id }))?.name ?? null
}
