import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { Fault, type RemoteServerSpec } from '@errand/contracts'
import type { GatewayDeps } from '../../deps.ts'
import type { McpMessage } from '../message.ts'
import type { UpstreamAnswer } from '../upstreamAnswer.ts'
import { openSse } from './openSse.ts'
import { emptied, SseSession } from './sseSession.ts'

export interface SseRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With the session as `mcp-session-id`, where there is one. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  readonly message: Pick<McpMessage, 'method' | 'id' | 'progressToken'> | null
  readonly signal: AbortSignal
}

export interface SseSessions {
  /** A request of Streamable HTTP, answered by a server that speaks HTTP+SSE. Faults `mcp.session-unknown`, `mcp.…`. */
  ask(spec: RemoteServerSpec, request: SseRequest): Promise<UpstreamAnswer>
  close(): void
}

/**
 * Sessions with old servers. They live in this process, as their streams do: after a restart a client hears that its
 * session is gone, and opens another.
 */
export function sseSessions(deps: Pick<GatewayDeps, 'outbound'>): SseSessions {
  const sessions = new Map<string, { readonly session: SseSession; readonly url: string }>()

  const begin = async (spec: RemoteServerSpec, { headers, body, message, signal }: SseRequest) => {
    const opened = await openSse(spec, headers, deps)
    if (!('endpoint' in opened)) return opened
    const id = randomUUID()
    const session = new SseSession(opened, spec, deps, () => sessions.delete(id))
    sessions.set(id, { session, url: spec.url })
    if (body === null || message === null) throw new Fault('mcp.session-unknown')
    try {
      const answer = await session.send({ body, message, headers, signal })
      if (answer.statusCode !== 200) session.close()
      return { ...answer, headers: { ...answer.headers, 'mcp-session-id': id } }
    } catch (error) {
      session.close()
      throw error
    }
  }

  return {
    async ask(spec, request) {
      const { 'mcp-session-id': id, ...headers } = request.headers
      const { method, body, message, signal } = request
      if (message?.method === 'initialize') return begin(spec, { ...request, headers })
      // It is how clients of 2026-07-28 find out that a server is older.
      if (message?.method === 'server/discover') return notFound(message.id)
      const known = id === undefined ? undefined : sessions.get(id)
      if (known === undefined || known.url !== spec.url) throw new Fault('mcp.session-unknown')
      if (method === 'GET') return known.session.listen(signal)
      if (method === 'DELETE') known.session.close()
      if (method === 'DELETE' || body === null || message === null) return done()
      return known.session.send({ body, message, headers, signal })
    },
    close() {
      for (const { session } of sessions.values()) session.close()
    },
  }
}

function notFound(id: string | number | null): UpstreamAnswer {
  const error = { code: -32601, message: 'Method not found: it is an older server.' }
  const body = new PassThrough().end(JSON.stringify({ jsonrpc: '2.0', id, error }))
  return { statusCode: 404, headers: { 'content-type': 'application/json' }, body }
}

function done(): UpstreamAnswer {
  return { statusCode: 200, headers: {}, body: emptied() }
}
