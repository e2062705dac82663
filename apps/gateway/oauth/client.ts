import { type ClientWay, Fault } from '@errand/contracts'
import type { GrantDiscovery } from '@errand/engine'
import {
  type AuthorizationServerMetadata,
  isHttpsUrl,
  type OAuthClientInformationMixed,
  registerClient,
} from '@modelcontextprotocol/client'
import type { OutboundFetch } from '../outbound/outbound.ts'
import { impossible, place } from './discover.ts'
import { oauthWords } from './oauthWords.ts'
import type { SignInTarget } from './target.ts'

/** How one authorization server knows us. Kept sealed, and good for this issuer and this way back alone. */
export interface OauthClient {
  readonly way: ClientWay
  readonly issuer: string
  readonly redirectUri: string
  readonly info: OAuthClientInformationMixed
}

export interface ClientAsk {
  readonly target: SignInTarget
  readonly discovery: GrantDiscovery
  readonly redirectUri: string
  /** Ours, which every authorization server can read; null where there is none. */
  readonly documentUrl: string | null
  /** What it knew us by before. */
  readonly known: OauthClient | null
  readonly now: Date
}

/**
 * In the order of the specification: registered by the owner, by our document, registered by asking. Fault
 * `sign-in.impossible` when none of them works: then the owner has to register a client.
 */
export async function findClient(ask: ClientAsk, fetch: OutboundFetch): Promise<OauthClient> {
  const { target, discovery, redirectUri, documentUrl, known, now } = ask
  const { issuer } = discovery
  const { clientId, clientSecret } = target
  if (clientId !== null) {
    const secret = clientSecret === null ? {} : { client_secret: clientSecret.reveal() }
    return { way: 'registered', issuer, redirectUri, info: { client_id: clientId, ...secret } }
  }
  const metadata = metadataOf(discovery)
  if (metadata?.client_id_metadata_document_supported === true && documentUrl !== null && isHttpsUrl(documentUrl))
    return { way: 'document', issuer, redirectUri, info: { client_id: documentUrl } }
  if (known?.way === 'dynamic' && known.issuer === issuer && known.redirectUri === redirectUri && !isPast(known, now))
    return known
  if (metadata !== undefined && metadata.registration_endpoint === undefined)
    throw impossible(
      `${place(issuer)} registers no clients by itself: register one there with the address ${redirectUri} and give its id as \`oauth.clientId\`.`,
    )
  try {
    const info = await registerClient(issuer, {
      ...(metadata === undefined ? {} : { metadata }),
      clientMetadata: { ...clientDocument(redirectUri), token_endpoint_auth_method: authMethod(metadata) },
      fetchFn: fetch,
    })
    return { way: 'dynamic', issuer, redirectUri, info }
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault(
      'sign-in.impossible',
      `${place(issuer)}: ${oauthWords(error)} Register a client there with the address ${redirectUri} and give its id as \`oauth.clientId\`.`,
      { cause: error },
    )
  }
}

/** What we say of ourselves, by asking and in our document. */
export function clientDocument(redirectUri: string) {
  const { protocol, hostname } = new URL(redirectUri)
  const isWeb = protocol === 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return {
    client_name: 'Errand',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: isWeb ? ('web' as const) : ('native' as const),
  }
}

/** Metadata was checked when it came; the row keeps it as it was. */
export function metadataOf({ metadata }: GrantDiscovery): AuthorizationServerMetadata | undefined {
  return metadata === null ? undefined : (metadata as unknown as AuthorizationServerMetadata)
}

/** With a secret where the server takes one: it is kept sealed, and a stolen refresh token alone is worth nothing then. */
function authMethod(metadata: AuthorizationServerMetadata | undefined): string {
  if (metadata === undefined) return 'none'
  const taken = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return ['client_secret_basic', 'client_secret_post', 'none'].find((one) => taken.includes(one)) ?? 'none'
}

function isPast({ info }: OauthClient, now: Date): boolean {
  const until = 'client_secret_expires_at' in info ? info.client_secret_expires_at : undefined
  return until !== undefined && until !== 0 && until * 1000 < now.getTime()
}
