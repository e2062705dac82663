import { Fault } from '@errand/contracts'
import type { GrantDiscovery } from '@errand/engine'
import {
  checkResourceAllowed,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
  resourceUrlFromServerUrl,
} from '@modelcontextprotocol/client'
import type { OutboundFetch } from '../outbound/outbound.ts'
import { oauthWords } from './oauthWords.ts'

/** What a server said with a 401: where its metadata lies, and which scopes it wants. */
export interface Challenge {
  readonly metadataUrl: URL | null
  readonly scopes: string | null
}

/**
 * Finds out where to sign in: RFC 9728, then RFC 8414 or OpenID discovery, then what servers of 2025-03-26 do, which
 * publish nothing. Fault `sign-in.impossible` says which of their answers does not hold; a server that does not answer
 * is `egress.unreachable`.
 */
export async function discover(url: string, challenge: Challenge, fetch: OutboundFetch): Promise<GrantDiscovery> {
  const canonical = resourceUrlFromServerUrl(url).href
  const protectedBy = await resourceMetadata(url, challenge, fetch)
  if (protectedBy === null) {
    const origin = new URL('/', url)
    const metadata = await serverMetadata(origin.href, fetch)
    return {
      resource: canonical,
      issuer: metadata === null ? origin.origin : metadata.issuer,
      metadata,
      scopes: challenge.scopes,
    }
  }
  const { resource, authorization_servers: servers = [], scopes_supported: scopes } = protectedBy
  if (!checkResourceAllowed({ requestedResource: canonical, configuredResource: resource }))
    throw impossible(`Its metadata is for ${place(resource)}, not for this address.`)
  const metadata = await firstServer(servers.length === 0 ? [new URL('/', url).href] : servers, fetch)
  return {
    resource,
    issuer: metadata.issuer,
    metadata,
    scopes: challenge.scopes ?? (scopes === undefined || scopes.length === 0 ? null : scopes.join(' ')),
  }
}

const PROBE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'errand', version: '1' } },
}

/** Knocks without a token: a server says then how to get one. */
export async function askForChallenge(url: string, fetch: OutboundFetch): Promise<Challenge> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(PROBE),
  })
  return challengeOf(response)
}

export function challengeOf(response: Response): Challenge {
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response)
  return { metadataUrl: resourceMetadataUrl ?? null, scopes: scope ?? null }
}

type Metadata = Record<string, unknown> & { readonly issuer: string }

async function resourceMetadata(url: string, { metadataUrl }: Challenge, fetch: OutboundFetch) {
  let status = 0
  const watched: OutboundFetch = async (at, init) => {
    const response = await fetch(at, init)
    status = response.status
    return response
  }
  const options = metadataUrl === null ? {} : { resourceMetadataUrl: metadataUrl }
  return discoverOAuthProtectedResourceMetadata(url, options, watched).catch((error: unknown) => {
    // None is there: an older server. Where it said itself that there is some, there must be.
    if (metadataUrl === null && status >= 400 && status < 500) return null
    throw asImpossible(error, { status, what: 'what the server publishes about its sign-in' })
  })
}

/** The first of several that can be asked; the trouble of the last otherwise. */
async function firstServer(servers: readonly string[], fetch: OutboundFetch): Promise<Metadata> {
  let trouble: unknown
  for (const server of servers) {
    try {
      if (!URL.canParse(server)) throw impossible(`${place(server)} is not an authorization server.`)
      const metadata = await serverMetadata(server, fetch)
      if (metadata !== null) return metadata
      trouble = impossible(`${place(server)} publishes nothing about itself.`)
    } catch (error) {
      trouble = error
    }
  }
  throw trouble
}

async function serverMetadata(server: string, fetch: OutboundFetch): Promise<Metadata | null> {
  let status = 0
  const watched: OutboundFetch = async (at, init) => {
    const response = await fetch(at, init)
    status = response.status
    return response
  }
  const metadata = await discoverAuthorizationServerMetadata(server, { fetchFn: watched }).catch((error: unknown) => {
    throw asImpossible(error, { status, what: `what ${place(server)} publishes about itself` })
  })
  return metadata === undefined ? null : { ...metadata }
}

function asImpossible(error: unknown, { status, what }: { status: number; what: string }): Fault {
  if (error instanceof Fault) return error
  if (status >= 500) return new Fault('egress.unreachable', `Asked for ${what}, and the answer was ${status}.`)
  return new Fault('sign-in.impossible', `Asked for ${what}. ${oauthWords(error)}`, { cause: error })
}

export function impossible(words: string): Fault {
  return new Fault('sign-in.impossible', words)
}

/** An address from outside, as far as it may be shown. */
export function place(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'something that is no address'
}
