import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Provider, { type Configuration } from 'oidc-provider'
import { mcpTools } from '../mcpServer/startMcpServer.ts'
import { memoryAdapter, type Reuse } from './refreshMemory.ts'

export interface AuthServerOptions {
  readonly accessTokenSeconds?: number
  readonly reuse?: Reuse
  /** Laid over what it publishes about itself; a value of null takes one away. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Laid over what the MCP server publishes. */
  readonly resource?: Readonly<Record<string, unknown>>
  readonly configuration?: Partial<Configuration>
}

/** What a token endpoint does instead of answering: a status, silence, or an answer that gets lost after it was made. */
export type TokenTrouble = number | 'hang' | 'lose'

export interface AuthServer {
  readonly origin: string
  /** An MCP server that it protects, beside it. */
  readonly mcpUrl: string
  /** Requests to the token endpoint by `grant_type`, with the form that was sent. */
  readonly tokenRequests: readonly URLSearchParams[]
  /** Calls that the MCP server took, by token. */
  readonly calls: readonly string[]
  /** Tools of the MCP server that were called, in order. */
  readonly toolCalls: readonly string[]
  /** Every access and refresh token that it ever gave out. */
  readonly issued: readonly string[]
  trouble: TokenTrouble | null
  /** A scope without which the MCP server takes no call. */
  wants: string | null
  /** Called when an answer of the token endpoint was made, before it is sent. */
  onRotated: (() => void) | null
  /** Goes the way of a browser from an authorization address back to ours: the address with `code` in it. */
  signIn(address: string): Promise<URL>
  /** Ends every grant, as an administrator does. */
  revokeAll(): Promise<void>
  close(): Promise<void>
}

const MCP_PATH = '/mcp'
/** A header of a request of ours that goes to the provider untouched. */
const AS_IT_IS = 'x-as-it-is'

/** A real authorization server (oidc-provider: rotation, PKCE, registration, resource indicators) and an MCP server. */
export async function startAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const mcpUrl = `${origin}${MCP_PATH}`
  const provider = new Provider(origin, configuration(mcpUrl, options))
  provider.proxy = false
  const grants = new Set<string>()
  const tokenRequests: URLSearchParams[] = []
  const calls: string[] = []
  const issued: string[] = []
  const tools = mcpTools()
  const state: Pick<AuthServer, 'trouble' | 'onRotated' | 'wants'> = { trouble: null, wants: null, onRotated: null }
  provider.on('grant.success', (ctx) => {
    const id = ctx.oidc.entities.Grant?.jti
    if (id !== undefined) grants.add(id)
  })
  const callback = provider.callback()
  const handle = (request: IncomingMessage, response: ServerResponse) => void callback(request, response)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', origin)
    if (request.headers[AS_IT_IS] !== undefined) return handle(request, response)
    if (pathname === MCP_PATH) return answerMcp(request, response)
    if (pathname.startsWith('/.well-known/oauth-protected-resource')) {
      const published = { resource: mcpUrl, authorization_servers: [origin], scopes_supported: ['read'] }
      return writeJson(response, 200, without({ ...published, ...options.resource }))
    }
    if (pathname.startsWith('/interaction/')) return interact(request, response)
    if (pathname === '/token') return answerToken(request, response)
    if (pathname.startsWith('/.well-known/')) return answerMetadata(response)
    handle(request, response)
  }

  async function answerMetadata(response: ServerResponse): Promise<void> {
    const real = await fetch(`${origin}/.well-known/openid-configuration`, { headers: { [AS_IT_IS]: 'yes' } })
    writeJson(response, 200, without({ ...((await real.json()) as object), ...options.metadata }))
  }

  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    tokenRequests.push(new URLSearchParams(body))
    const { trouble } = state
    if (trouble === 'hang') return
    if (typeof trouble === 'number')
      return void response.writeHead(trouble, { 'content-type': 'text/html' }).end('<h1>no</h1>')
    const { authorization } = request.headers
    const real = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: {
        [AS_IT_IS]: 'yes',
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body,
    })
    const answered = (await real.json()) as { access_token?: string; refresh_token?: string }
    issued.push(...[answered.access_token, answered.refresh_token].filter((one) => one !== undefined))
    state.onRotated?.()
    if (trouble === 'lose') request.socket.destroy()
    else writeJson(response, real.status, answered)
  }

  async function answerMcp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const found = token === undefined ? undefined : await provider.AccessToken.find(token)
    const isRevoked = found?.grantId !== undefined && (await provider.Grant.find(found.grantId)) === undefined
    if (
      token === undefined ||
      found === undefined ||
      isRevoked ||
      !found.isValid ||
      ![found.aud].flat().includes(mcpUrl)
    ) {
      const challenge = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource${MCP_PATH}"`
      response.setHeader('www-authenticate', challenge)
      return writeJson(response, 401, { error: 'invalid_token' })
    }
    if (state.wants !== null && !found.scope?.split(' ').includes(state.wants)) {
      response.setHeader('www-authenticate', `Bearer error="insufficient_scope", scope="${state.wants}"`)
      return writeJson(response, 403, { error: 'insufficient_scope' })
    }
    calls.push(token)
    await tools.answer(request, response)
  }

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params, grantId } = await provider.interactionDetails(request, response)
    const grant =
      grantId === undefined
        ? new provider.Grant({ accountId: 'ada', clientId: String(params['client_id']) })
        : await provider.Grant.find(grantId)
    const scope = typeof params['scope'] === 'string' ? params['scope'] : ''
    grant?.addOIDCScope(scope)
    grant?.addResourceScope(mcpUrl, scope)
    const consent = { grantId: (await grant?.save()) ?? '' }
    await provider.interactionFinished(request, response, { login: { accountId: 'ada' }, consent })
  }

  return {
    origin,
    mcpUrl,
    tokenRequests,
    calls,
    toolCalls: tools.calls,
    issued,
    get trouble() {
      return state.trouble
    },
    set trouble(trouble) {
      state.trouble = trouble
    },
    get wants() {
      return state.wants
    },
    set wants(wants) {
      state.wants = wants
    },
    get onRotated() {
      return state.onRotated
    },
    set onRotated(onRotated) {
      state.onRotated = onRotated
    },
    signIn: (address) => walkTheBrowser(address, origin),
    async revokeAll() {
      for (const id of grants) {
        const grant = await provider.Grant.find(id)
        await grant?.destroy()
      }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function configuration(
  mcpUrl: string,
  { accessTokenSeconds = 3600, reuse = 'strict', configuration = {} }: AuthServerOptions,
): Configuration {
  return {
    adapter: memoryAdapter(reuse),
    clients: [],
    cookies: { keys: ['of a test'] },
    jwks: {
      keys: [
        { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig' },
      ],
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: () => true,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', 'read', 'write'],
    ttl: { AccessToken: accessTokenSeconds, RefreshToken: 86_400, Grant: 86_400, Session: 600, Interaction: 600 },
    clientDefaults: { grant_types: ['authorization_code', 'refresh_token'] },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== mcpUrl) throw new Error('another resource')
          return {
            scope: 'read write',
            audience: mcpUrl,
            accessTokenTTL: accessTokenSeconds,
            accessTokenFormat: 'opaque',
          }
        },
        useGrantedResource: () => true,
      },
    },
    ...configuration,
  }
}

/** Follows redirects with cookies until one leads away from the authorization server. */
async function walkTheBrowser(address: string, origin: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let at = new URL(address)
  for (let left = 10; left > 0; left--) {
    const response = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`the sign-in stopped with ${response.status}: ${await response.text()}`)
    at = new URL(location, at)
    if (at.origin !== origin) return at
  }
  throw new Error('the sign-in never came back')
}

function without(body: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

function writeJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
