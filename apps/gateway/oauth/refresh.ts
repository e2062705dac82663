import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@errand/contracts'
import { decideAccess } from '@errand/domain'
import { aloneWithGrant, changeGrant, type GrantChange, type McpGrantRow } from '@errand/engine'
import { OAuthError, refreshAuthorization } from '@modelcontextprotocol/client'
import type { OutboundFetch } from '../outbound/outbound.ts'
import type { OauthClient } from './client.ts'
import type { OauthParts } from './oauthDeps.ts'
import { oauthWords } from './oauthWords.ts'
import { resourceOf, sdkMetadata } from './signIn.ts'
import type { SignInTarget } from './target.ts'
import { givenTokens } from './tokens.ts'

export interface RefreshAsk {
  readonly target: SignInTarget
  /** An access token that the server did not take, however long it should have been good. */
  readonly refused?: string
}

const LIMITS = { timeoutMs: 15_000 }
const STORE_MS = 120_000

/**
 * Refreshes a grant, once over all gateways: who comes meanwhile waits and finds the new pair. The pair is stored before
 * anybody gets to use it. Gives the row as it is afterwards, which may need a sign-in.
 *
 * A process that dies leaves the old pair. Between the moment when the authorization server has rotated and our commit
 * there is a window that no client can close; the next process asks again with the old refresh token at once, which
 * servers with a grace period take. See ADR 15.
 */
export async function refreshGrant({ target, refused }: RefreshAsk, parts: OauthParts): Promise<McpGrantRow> {
  const { engine, vault, onStep } = parts
  const isDue = async (row: McpGrantRow) => {
    if (!row.state.hasTokens || !row.state.canRefresh) return false
    if (decideAccess(row.state, engine.now()) !== 'use') return true
    return refused !== undefined && (await vault.tokens(row))?.access === refused
  }
  const before = await changeGrant(target.id, () => null, engine)
  if (!(await isDue(before))) return before
  await changeGrant(
    target.id,
    (row) => (row.version === before.version ? { event: { type: 'refresh.began' } } : null),
    engine,
  )
  onStep?.('marked')
  // What came from the authorization server outlives a database that goes away before it is stored.
  const made: { change?: GrantChange } = {}
  const stored = aloneWithGrant(
    target.id,
    async (held) => {
      const { row } = held
      onStep?.('locked')
      if (!(await isDue(row))) return
      made.change = await ask({ target, row }, parts)
      onStep?.('answered')
      await held.write(made.change)
      onStep?.('written')
    },
    engine,
  )
  await stored.catch(async (error: unknown) => {
    if (made.change === undefined) throw error
    parts.log.warn({ op: 'grant.store', ...target.id, error }, 'a refreshed grant was not stored; trying again')
    await storeLater(made.change, { target }, parts)
  })
  onStep?.('done')
  return changeGrant(target.id, () => null, engine)
}

async function storeLater(change: GrantChange, { target }: RefreshAsk, { engine }: OauthParts): Promise<void> {
  const until = engine.now().getTime() + STORE_MS
  for (let pauseMs = 50; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      // Nobody can have refreshed meanwhile with success: the old token was used up.
      await changeGrant(target.id, (row) => (row.state.hasTokens ? change : null), engine)
      return
    } catch (error) {
      if (engine.now().getTime() > until) throw error
      await sleep(pauseMs)
    }
  }
}

/** Codes by which an authorization server says that this grant, or this client, is no more. */
const FINAL = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
])

/** One request. Any outcome is a change of the grant; nothing is thrown for what a server does. */
async function ask(
  { target, row }: { target: SignInTarget; row: McpGrantRow },
  { engine, vault, outbound, onStep }: OauthParts,
): Promise<GrantChange> {
  const { discovery } = row
  const [tokens, client] = await Promise.all([vault.tokens(row), vault.client(row)])
  if (discovery === null || client === null || tokens === null || tokens.refresh === null)
    return { event: { type: 'refresh.refused', words: 'What is needed to refresh it is not there any more.' } }
  if (client.issuer !== discovery.issuer)
    return { event: { type: 'refresh.refused', words: 'The server has changed where one signs in.' } }
  const askedAt = engine.now().getTime()
  let status = 0
  const fetch = outbound.fetch(target.opened, LIMITS)
  const watched: OutboundFetch = async (url, init) => {
    onStep?.('asked')
    const response = await fetch(url, init)
    status = response.status
    return response
  }
  try {
    const given = await refreshAuthorization(discovery.issuer, {
      ...sdkMetadata(discovery),
      clientInformation: client.info,
      refreshToken: tokens.refresh,
      ...resourceOf(target, discovery),
      fetchFn: watched,
    })
    return await givenTokens(given, { row, vault, by: null, tookMs: engine.now().getTime() - askedAt })
  } catch (error) {
    return troubleOf(error, { status, client })
  }
}

/** Only a clear no ends a grant. A server that is broken, busy or away may say yes tomorrow. */
function troubleOf(error: unknown, { status, client }: { status: number; client: OauthClient }): GrantChange {
  const isNo = error instanceof OAuthError && FINAL.has(error.code) && status < 500 && status !== 429
  if (!isNo) {
    if (!(error instanceof Fault) && status === 0) throw error
    const words =
      error instanceof Fault ? error.message : `A refresh was answered with ${status}. It is tried again by itself.`
    return { event: { type: 'refresh.failed', words } }
  }
  const isClientGone = error.code === 'invalid_client' || error.code === 'unauthorized_client'
  return {
    event: { type: 'refresh.refused', words: oauthWords(error) },
    tokens: null,
    // One that asked to be registered asks again at the next sign-in.
    ...(isClientGone && client.way === 'dynamic' ? { client: null } : {}),
  }
}
