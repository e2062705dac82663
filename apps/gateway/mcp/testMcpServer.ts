import {
  Fault,
  FAULTS,
  mcpSightSchema,
  type McpSight,
  type OrgId,
  type McpServerSpec,
  type RemoteServerSpec,
  toFault,
  type UserId,
} from '@errand/contracts'
import { keepMcpTest, mcpCallRecord, missingCredential, readServerNow, recordMcpCalls } from '@errand/engine'
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { GatewayDeps } from '../deps.ts'
import { callHosted } from '../hosted/callHosted.ts'
import type { OutboundFetch } from '../outbound/outbound.ts'
import { openedOf } from './callUpstream.ts'
import { mcpHeaders } from './injectMcpCredential.ts'
import { parseMessage } from './message.ts'
import type { UpstreamAnswer } from './upstreamAnswer.ts'

const PATIENCE_MS = 30_000
/** The first time a hosted server is installed before it answers. */
const INSTALL_MS = 300_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const MAX_PAGES = 50
/** A server may offer more to a client that can do more: what is accepted here is what agents will be offered. */
const AS_CLAUDE_CODE = { roots: { listChanged: true }, elicitation: { form: {}, url: {} } }

/** A real handshake: what the server offers, or why it does not. Either is kept with the server. */
export async function testMcpServer({ orgId, name }: { orgId: OrgId; name: string }, deps: GatewayDeps) {
  const { id: serverId, version, spec } = await readServerNow({ orgId, name }, deps.engine)
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  try {
    const sight = await lookAt({ name, version, spec }, { orgId, deps })
    const words = `It works: ${sight.tools.length} tools, ${sight.prompts.length} prompts, ${sight.resources.length} resources, revision ${sight.revision}.`
    await keepMcpTest({ orgId, serverId, version, outcome: { ok: true, words, sight, ms: ms() } }, deps.engine)
    return { ok: true, words, value: sight }
  } catch (error) {
    const { code, detail } = faultOf(error)
    const words = [FAULTS[code].words, detail].filter(Boolean).join(' ')
    await keepMcpTest({ orgId, serverId, version, outcome: { ok: false, words, code, ms: ms() } }, deps.engine)
    return { ok: false, words, code, detail }
  }
}

/** Calls a tool by hand, without the policy of any agent. */
export async function callMcpTool(
  ask: { orgId: OrgId; server: string; tool: string; arguments: Readonly<Record<string, unknown>>; by: UserId },
  deps: GatewayDeps,
) {
  const { version, spec } = await readServerNow({ orgId: ask.orgId, name: ask.server }, deps.engine)
  const startedAt = performance.now()
  const record = (came: { resultBytes: number; isError: boolean; code: Fault['code'] | null }) => {
    const { orgId, server, tool, arguments: given, by: userId } = ask
    const call = { orgId, server, tool, arguments: given, userId, runId: null, toolUseId: null, rule: null }
    const ms = Math.round(performance.now() - startedAt)
    const { row } = mcpCallRecord({ ...call, ...came, ms, verdict: 'allow' }, deps.engine)
    return recordMcpCalls({ rows: [row], gateway: null }, deps.engine)
  }
  try {
    return await withClient({ name: ask.server, version, spec }, { orgId: ask.orgId, deps }, async (client) => {
      const result = await client.callTool(
        { name: ask.tool, arguments: { ...ask.arguments } },
        { timeout: spec.callSeconds * 1000 },
      )
      const isError = result.isError === true
      await record({ resultBytes: Buffer.byteLength(JSON.stringify(result)), isError, code: null })
      return { isError, result, ms: Math.round(performance.now() - startedAt) }
    })
  } catch (error) {
    const fault = faultOf(error)
    await record({ resultBytes: 0, isError: true, code: fault.code })
    throw fault
  }
}

interface Place {
  readonly orgId: OrgId
  readonly deps: GatewayDeps
}

function lookAt(server: Server, place: Place): Promise<McpSight> {
  return withClient(server, place, async (client) => {
    const { tools: hasTools, prompts: hasPrompts, resources: hasResources } = client.getServerCapabilities() ?? {}
    const beganAt = performance.now()
    const tools = hasTools === undefined ? [] : await pages((cursor) => client.listTools(cursor), 'tools')
    const roundTripMs = Math.round(performance.now() - beganAt)
    const prompts = hasPrompts === undefined ? [] : await pages((cursor) => client.listPrompts(cursor), 'prompts')
    const resources =
      hasResources === undefined ? [] : await pages((cursor) => client.listResources(cursor), 'resources')
    const { name = '', version = '' } = client.getServerVersion() ?? {}
    return mcpSightSchema.parse({
      revision: client.getNegotiatedProtocolVersion() ?? '',
      serverName: name,
      serverVersion: version,
      instructions: client.getInstructions() ?? null,
      tools,
      prompts,
      resources,
      roundTripMs,
    })
  })
}

interface Server {
  readonly name: string
  readonly version: number
  readonly spec: McpServerSpec
}

async function withClient<T>(server: Server, place: Place, work: (client: Client) => Promise<T>): Promise<T> {
  const { url, headers, fetch, patienceMs } = await wayTo(server, place)
  const client = new Client(
    { name: 'errand', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: AS_CLAUDE_CODE },
  )
  client.setRequestHandler('roots/list', () => ({ roots: [] }))
  client.setRequestHandler('elicitation/create', () => ({ action: 'decline' }))
  const transport = new StreamableHTTPClientTransport(url, {
    // A standing stream would be read to its end: it is not needed here, and a server may refuse it.
    fetch: async (target, init) =>
      (init?.method ?? 'GET') === 'GET' ? new Response(null, { status: 405 }) : fetch(target, init),
    requestInit: { headers },
  })
  try {
    await client.connect(transport, { timeout: patienceMs })
    return await work(client)
  } finally {
    await client.close()
  }
}

interface Way {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: OutboundFetch
  /** How long the first answer may take. */
  readonly patienceMs: number
}

async function wayTo({ name, version, spec }: Server, { orgId, deps }: Place): Promise<Way> {
  if (spec.type === 'hosted') {
    const missing = await missingCredential(spec, { orgId, db: deps.engine.db })
    if (missing !== null) throw missing
    const place = { orgId, server: name, version, spec, principal: 'owner' }
    const fetch: OutboundFetch = async (_url, init) => {
      const answer = await callHosted(
        place,
        {
          method: init?.method === 'DELETE' ? 'DELETE' : 'POST',
          headers: Object.fromEntries(new Headers(init?.headers)),
          body: typeof init?.body === 'string' ? init.body : null,
          signal: init?.signal ?? AbortSignal.timeout(INSTALL_MS),
        },
        deps,
      )
      return responseOf(answer)
    }
    return { url: new URL('http://bridge/mcp'), headers: {}, fetch, patienceMs: INSTALL_MS }
  }
  const { headers } = await mcpHeaders(spec, { orgId }, deps)
  if (spec.transport === 'sse') {
    const fetch: OutboundFetch = async (_url, init) => refusing(spec, responseOf(await askSse(spec, init, deps)))
    return { url: new URL(spec.url), headers, fetch, patienceMs: PATIENCE_MS }
  }
  const outbound = deps.outbound.fetch(openedOf(spec), {
    timeoutMs: Math.max(PATIENCE_MS, spec.callSeconds * 1000),
    maxBytes: MAX_ANSWER_BYTES,
  })
  const fetch: OutboundFetch = (url, init) => refusing(spec, outbound(url, init))
  return { url: new URL(spec.url), headers, fetch, patienceMs: PATIENCE_MS }
}

async function refusing({ credential }: RemoteServerSpec, response: Promise<Response>): Promise<Response> {
  const { status } = await response
  if (status === 401 && credential === undefined) throw new Fault('mcp.needs-sign-in')
  if (status === 401) throw new Fault('mcp.credential-refused', `It answered 401 to ${credential}.`)
  return response
}

function askSse(spec: RemoteServerSpec, init: RequestInit | undefined, { mcp }: GatewayDeps): Promise<UpstreamAnswer> {
  const body = typeof init?.body === 'string' ? Buffer.from(init.body) : null
  return mcp.sse.ask(spec, {
    method: init?.method === 'DELETE' ? 'DELETE' : 'POST',
    headers: Object.fromEntries(new Headers(init?.headers)),
    body,
    message: body === null ? null : parseMessage(body),
    signal: init?.signal ?? AbortSignal.timeout(spec.callSeconds * 1000),
  })
}

/** As much of it as is taken from any server. */
async function responseOf({ statusCode, headers, body }: UpstreamAnswer): Promise<Response> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) throw new Fault('mcp.handshake', 'Its answer is larger than 16 MiB.')
    chunks.push(chunk)
  }
  const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  const isEmpty = [204, 205, 304].includes(statusCode)
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status: statusCode, headers: plain })
}

async function pages<K extends string, T>(
  list: (
    cursor: { cursor: string } | undefined,
  ) => Promise<{ readonly nextCursor?: string | undefined } & Record<K, T[]>>,
  key: K,
): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await list(cursor === undefined ? undefined : { cursor })
    all.push(...answer[key])
    cursor = answer.nextCursor
    if (cursor === undefined) break
  }
  return all
}

/** The guarded way throws faults, which the client wraps or passes on; the rest is the server's own doing. */
function faultOf(error: unknown): Fault {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof Fault) return renamed(at)
  // Of the bridge, in the place of an answer.
  if (error instanceof ProtocolError && isCrash(error.data))
    return new Fault('mcp.crashed', error.message.slice(0, 500))
  if (error instanceof Error) return new Fault('mcp.handshake', error.message.slice(0, 500), { cause: error })
  return toFault(error)
}

function isCrash(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'code' in data && data.code === 'mcp.crashed'
}

function renamed(fault: Fault): Fault {
  return fault.code === 'egress.unreachable' ? new Fault('mcp.unreachable', fault.detail, { cause: fault }) : fault
}
