import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Message = { readonly id?: number; readonly method: string; readonly params?: Record<string, unknown> }
type Respond = (response: ServerResponse, message: Message | null, seen: Seen) => void

/** An MCP server as simple as can be, which writes down what comes and can be told how to misbehave. */
export async function startMcpUpstream() {
  const seen: Seen[] = []
  let tools: object[] = [aTool('read'), aTool('write'), aTool('delete_all')]
  let respond: Respond | null = null
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { method: request.method ?? '', headers: request.headers, body }
      seen.push(one)
      const message = body === '' ? null : (JSON.parse(body) as Message)
      if (respond !== null) return respond(response, message, one)
      answer(response, message)
    })
  })
  const answer = (response: ServerResponse, message: Message | null) => {
    if (message?.method === 'server/discover') return json(response, notFound(message.id), 404)
    if (message?.method === 'initialize') return json(response, { jsonrpc: '2.0', id: message.id, result: HELLO })
    if (message !== null && message.id === undefined) return void response.writeHead(202).end()
    const result = message?.method === 'tools/list' ? { tools, cacheScope: 'public', ttlMs: 1 } : said(message)
    json(response, { jsonrpc: '2.0', id: message?.id, result })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    answer,
    calls: () => seen.filter(({ body }) => body.includes('tools/call')),
    setTools: (next: object[]) => (tools = next),
    misbehave: (how: Respond | null) => (respond = how),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function aTool(name: string, more: object = {}): { name: string; description: string } {
  return { name, description: `It can ${name}.`, inputSchema: { type: 'object' }, ...more } as never
}

const HELLO = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'tracker', version: '3' },
}

const notFound = (id: number | undefined) => ({ jsonrpc: '2.0', id, error: { code: -32601, message: 'not known' } })

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'mcp-session-id': 'upstream-1' })
  response.end(JSON.stringify(value))
}

function said(message: Message | null): object {
  const text = `called ${String(message?.params?.['name'])}`
  return { resultType: 'complete', content: [{ type: 'text', text }] }
}
