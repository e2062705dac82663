import { createHash, randomBytes } from 'node:crypto'
import { Fault, toFault } from '@errand/contracts'
import { SIGN_IN_MS, unionOf } from '@errand/domain'
import { changeGrant, type GrantDiscovery, type McpGrantRow } from '@errand/engine'
import {
  exchangeAuthorization,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client'
import { findClient, metadataOf } from './client.ts'
import { askForChallenge, discover, impossible, place } from './discover.ts'
import type { OauthParts } from './oauthDeps.ts'
import { oauthWords, refusalWords } from './oauthWords.ts'
import type { SignInTarget } from './target.ts'
import { givenTokens } from './tokens.ts'

export interface SignInAsk {
  readonly target: SignInTarget
  /** Where the browser comes back to: an address of Errand’s own. */
  readonly redirectUri: string
  readonly documentUrl: string | null
  /** Who signs in, for the record. */
  readonly by: string
}

export interface Offered {
  /** Where the person signs in. */
  readonly address: string
  readonly expiresAt: Date
}

/**
 * Finds out how to sign in and gives the address to open. Nothing is taken from a grant that is there. Faults:
 * `sign-in.impossible`, `egress.unreachable`, `outbound.…`.
 */
export async function beginSignIn(ask: SignInAsk, parts: OauthParts): Promise<Offered> {
  const { target } = ask
  await changeGrant(target.id, () => ({ event: { type: 'sign-in.asked' } }), parts.engine)
  try {
    return await offer(ask, parts)
  } catch (error) {
    const fault = toFault(error)
    const words = fault.code === 'internal.error' ? 'Something went wrong inside Errand.' : fault.message
    // A server that does not answer today may tomorrow.
    const type = fault.code === 'egress.unreachable' ? 'sign-in.refused' : 'sign-in.impossible'
    await changeGrant(target.id, () => ({ event: { type, words } }), parts.engine)
    throw error
  }
}

async function offer(ask: SignInAsk, parts: OauthParts): Promise<Offered> {
  const { target, redirectUri, documentUrl, by } = ask
  const { engine, vault, outbound } = parts
  const fetch = outbound.fetch(target.opened)
  const discovery = await discover(target.url, await askForChallenge(target.url, fetch), fetch)
  checkPkce(discovery, target)
  const row = await changeGrant(target.id, () => null, engine)
  const now = engine.now()
  const client = await findClient(
    { target, discovery, redirectUri, documentUrl, known: await vault.client(row), now },
    fetch,
  )
  const state = randomBytes(32).toString('base64url')
  const scopes = wantedScopes(row, { target, discovery })
  const { authorizationUrl, codeVerifier } = await startAuthorization(discovery.issuer, {
    ...sdkMetadata(discovery),
    clientInformation: client.info,
    redirectUrl: redirectUri,
    state,
    ...(scopes === null ? {} : { scope: scopes }),
    ...resourceOf(target, discovery),
  })
  addParams(authorizationUrl, target)
  outbound.check(target.opened, authorizationUrl)
  const expiresAt = new Date(now.getTime() + SIGN_IN_MS)
  const [sealedClient, verifier] = await Promise.all([
    vault.seal(target.id, 'client', client),
    vault.seal(target.id, 'verifier', codeVerifier),
  ])
  await changeGrant(
    target.id,
    () => ({
      event: { type: 'sign-in.offered', issuer: discovery.issuer, client: client.way },
      discovery,
      client: sealedClient,
      pending: { redirectUri, scopes, by, expiresAt: expiresAt.toISOString(), verifier, callback: null },
      stateHash: createHash('sha256').update(state).digest('hex'),
    }),
    engine,
  )
  return { address: authorizationUrl.href, expiresAt }
}

/**
 * Exchanges what the browser brought back for tokens. The issuer is checked before anything that came with the answer is
 * believed. Fault `sign-in.refused`.
 */
export async function finishSignIn(target: SignInTarget, parts: OauthParts): Promise<void> {
  const { engine } = parts
  const row = await changeGrant(target.id, () => null, engine)
  const ended = { pending: null, stateHash: null }
  try {
    const change = await exchange(target, row, parts)
    await changeGrant(target.id, () => ({ ...change, ...ended }), engine)
  } catch (error) {
    const words = error instanceof Fault && error.code === 'sign-in.refused' ? error.detail : oauthWords(error)
    await changeGrant(
      target.id,
      () => ({ event: { type: 'sign-in.refused', words: words ?? 'It was refused.' }, ...ended }),
      engine,
    )
    throw new Fault('sign-in.refused', words, { cause: error })
  }
}

async function exchange(target: SignInTarget, row: McpGrantRow, { vault, outbound, engine }: OauthParts) {
  const [callback, verifier, client] = await Promise.all([vault.callback(row), vault.verifier(row), vault.client(row)])
  const { discovery, pending } = row
  if (callback === null || verifier === null || client === null || discovery === null || pending === null)
    throw new Fault('sign-in.unknown')
  const metadata = metadataOf(discovery)
  const { iss, code, error, errorDescription } = callback
  validateAuthorizationResponseIssuer({
    iss,
    expectedIssuer: discovery.issuer,
    issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
  })
  if (error !== undefined) throw new Fault('sign-in.refused', refusalWords(error, errorDescription))
  if (code === undefined) throw new Fault('sign-in.refused', 'The answer held neither a code nor a reason.')
  const askedAt = engine.now().getTime()
  const given = await exchangeAuthorization(discovery.issuer, {
    ...sdkMetadata(discovery),
    clientInformation: client.info,
    authorizationCode: code,
    ...(iss === undefined ? {} : { iss }),
    codeVerifier: verifier,
    redirectUri: pending.redirectUri,
    ...resourceOf(target, discovery),
    fetchFn: outbound.fetch(target.opened),
  })
  const change = await givenTokens(given, { row, vault, by: pending.by, tookMs: engine.now().getTime() - askedAt })
  if (change.event.type !== 'tokens.given') return change
  return { ...change, event: { ...change.event, scopes: change.event.scopes ?? pending.scopes } }
}

/** Without it a code that leaks on the way is worth a grant. Servers of 2025-03-26 publish nothing, and must have it. */
function checkPkce({ metadata, issuer }: GrantDiscovery, { assumeS256 }: SignInTarget): void {
  if (metadata === null) return
  const methods = metadata['code_challenge_methods_supported']
  if (methods === undefined && assumeS256) return
  if (Array.isArray(methods) && methods.includes('S256')) return
  throw impossible(
    methods === undefined
      ? `${place(issuer)} does not say that it supports PKCE (S256). If it does all the same, set \`oauth.assumeS256\`.`
      : `${place(issuer)} does not support PKCE with S256.`,
  )
}

/** The owner's word first; else what the server asks for, with what it asked for beyond before. */
function wantedScopes(
  { state }: McpGrantRow,
  { target, discovery }: { target: SignInTarget; discovery: GrantDiscovery },
): string | null {
  const asked = state.wants === null ? null : unionOf(state.scopes, state.wants)
  const wanted = unionOf(target.scopes ?? asked ?? discovery.scopes, asked)
  if (wanted === '') return null
  const supported = discovery.metadata?.['scopes_supported']
  // For a refresh token. Only where the authorization server itself knows of it: others refuse what they do not know.
  const isOffered = Array.isArray(supported) && supported.includes('offline_access')
  return isOffered ? unionOf(wanted, 'offline_access') : wanted
}

const OWN_PARAMS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
  'resource',
]

function addParams(url: URL, { authorizeParams }: SignInTarget): void {
  for (const [name, value] of Object.entries(authorizeParams)) {
    if (OWN_PARAMS.includes(name)) throw impossible(`\`oauth.authorizeParams\` may not set ${name}.`)
    url.searchParams.set(name, value)
  }
}

/** For the functions of the SDK, whose options are absent rather than undefined. */
export function sdkMetadata(discovery: GrantDiscovery) {
  const metadata = metadataOf(discovery)
  return metadata === undefined ? {} : { metadata }
}

/** RFC 8707: for which server the token is, letter by letter as that server calls itself. */
export function resourceOf({ sendResource }: SignInTarget, { resource }: GrantDiscovery) {
  return sendResource ? { resource } : {}
}
