import { Fault, type OrgId, type RemoteServerSpec } from '@errand/contracts'
import type { SealedCredential } from '@errand/engine'
import type { Secret } from '@errand/observe'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import type { MadeToken } from './mcpDeps.ts'
import type { UnsignedServer } from './unsigned.ts'
import { exchangeOf } from './exchange.ts'

/** Puts in the headers of the server and its credential, in place of anything that the agent sent. */
export async function injectMcpCredential(call: Call, deps: GatewayDeps): Promise<'next'> {
  const exchange = exchangeOf(call)
  const { spec } = exchange.server
  if (spec.type === 'hosted') return 'next'
  try {
    await addCredential(call, deps)
  } catch (error) {
    if (!waitsForSignIn(call, error)) throw error
    exchange.needsSignIn = error
  }
  return 'next'
}

/** Faults as `mcpHeaders`. */
export async function addCredential(call: Call, deps: GatewayDeps): Promise<void> {
  const exchange = exchangeOf(call)
  const { spec, name } = exchange.server
  if (spec.type === 'hosted') return
  const { orgId } = grantOf(call)
  const { headers, token } = await (spec.credential === undefined
    ? headersOfUnsigned({ orgId, name, spec }, deps)
    : mcpHeaders(spec, { orgId }, deps))
  exchange.token = token
  Object.assign(call.headers, headers)
}

/** With what a sign-in brought that was made since; without, where nobody has. */
async function headersOfUnsigned(server: UnsignedServer, deps: GatewayDeps): Promise<McpHeaders> {
  const { orgId, spec } = server
  const credential = await deps.mcp.unsigned.credentialOf(server)
  if (credential === null) return mcpHeaders(spec, { orgId }, deps)
  try {
    return await mcpHeaders({ ...spec, credential }, { orgId }, deps)
  } catch (error) {
    if (error instanceof Fault && error.code === 'mcp.needs-sign-in') return mcpHeaders(spec, { orgId }, deps)
    throw error
  }
}

/** What a model waits for. The rest is a client's own, which gives up long before a person comes. */
const OF_A_MODEL: ReadonlySet<string | null> = new Set(['tools/call', 'prompts/get', 'resources/read'])

export function waitsForSignIn(call: Call, error: unknown): error is Fault {
  const { server, message } = exchangeOf(call)
  const isRemote = server.spec.type === 'remote'
  const isAsked = message !== null && message.id !== null && OF_A_MODEL.has(message.method)
  return error instanceof Fault && error.code === 'mcp.needs-sign-in' && isRemote && isAsked
}

export interface SentToken {
  readonly value: Secret
  readonly credential: string
  readonly kind: MadeToken
}

export interface McpHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** One among them that was made here: when the server refuses it, there may be another. */
  readonly token: SentToken | null
}

/** Every header that a remote server gets from us. Faults `mcp.credential-missing`, `mcp.needs-sign-in`. */
export async function mcpHeaders(
  spec: RemoteServerSpec,
  { orgId }: { orgId: OrgId },
  deps: Pick<GatewayDeps, 'engine' | 'credentials' | 'mcp'>,
): Promise<McpHeaders> {
  const { credential: name } = spec
  if (name === undefined) return { headers: plainHeaders(spec), token: null }
  const sealed = await deps.mcp.sealed.read({ orgId, name })
  if (sealed === null) throw new Fault('mcp.credential-missing', `There is no credential ${name}.`)
  const known = made.get(spec)
  if (known?.sealed === sealed) return known.headers
  const plain = plainHeaders(spec)
  if (sealed.spec.type === 'oauth' || sealed.spec.type === 'github-app') {
    const kind = sealed.spec.type
    const { token } = await deps.mcp.accessToken({ orgId, credential: name, kind })
    return {
      headers: { ...plain, authorization: `Bearer ${token.reveal()}` },
      token: { value: token, credential: name, kind },
    }
  }
  const { secret, spec: kind } = await deps.credentials.open(orgId, sealed)
  if (secret === null) throw new Fault('mcp.credential-missing', `${name} has no value yet.`)
  const headers = { headers: { ...plain, ...secretHeader(name, kind, secret) }, token: null }
  made.set(spec, { sealed, headers })
  return headers
}

/** What a value that stands still makes, for each run's reading of a server, as long as one of its credential is remembered. */
const made = new WeakMap<RemoteServerSpec, { readonly sealed: SealedCredential; readonly headers: McpHeaders }>()

function plainHeaders(spec: RemoteServerSpec): Record<string, string> {
  return { ...spec.headers, ...githubHeaders(spec) }
}

type Kind = Awaited<ReturnType<GatewayDeps['credentials']['open']>>['spec']

function secretHeader(name: string, kind: Kind, secret: Secret): Record<string, string> {
  switch (kind.type) {
    case 'bearer':
      return { authorization: `Bearer ${secret.reveal()}` }
    case 'header':
      return { [kind.header]: secret.reveal() }
    case 'basic': {
      const pair = Buffer.from(`${kind.username}:${secret.reveal()}`, 'utf8').toString('base64')
      return { authorization: `Basic ${pair}` }
    }
    default:
      throw new Fault('mcp.credential-missing', `${name} is of the type ${kind.type}, which opens no MCP server.`)
  }
}

function githubHeaders({ github }: RemoteServerSpec): Record<string, string> {
  if (github === undefined) return {}
  const { toolsets, tools, excludeTools, readonly: isReadonly, lockdown } = github
  const list = (header: string, names: readonly string[] | undefined) =>
    names === undefined || names.length === 0 ? {} : { [header]: names.join(',') }
  return {
    ...list('x-mcp-toolsets', toolsets),
    ...list('x-mcp-tools', tools),
    ...list('x-mcp-exclude-tools', excludeTools),
    ...(isReadonly === true ? { 'x-mcp-readonly': 'true' } : {}),
    ...(lockdown === true ? { 'x-mcp-lockdown': 'true' } : {}),
  }
}
