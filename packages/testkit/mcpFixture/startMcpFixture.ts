import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node'
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server'
import { fixtureServer } from './fixtureServer.ts'

export interface McpFixture {
  readonly url: string
  close(): Promise<void>
}

/** A server’s requests have both; the types of the adapter want to be told. */
type Incoming = IncomingMessage & { readonly method: string; readonly url: string }

/** The same server over its standard streams, for whoever starts it. */
export const MCP_FIXTURE_PROGRAM = new URL('stdio.ts', import.meta.url)

/** The fixture as a Streamable HTTP server of both eras, with sessions for the one that has them. */
export async function startMcpFixture(): Promise<McpFixture> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>()
  const modern = createMcpHandler(() => fixtureServer(modern.notify), { legacy: 'reject' })
  const answerModern = toNodeHandler(modern)
  const [isHostFine, isOriginFine] = [localhostHostValidation(), localhostOriginValidation()]

  const answer = async (request: Incoming, response: ServerResponse): Promise<void> => {
    if (!isHostFine(request, response) || !isOriginFine(request, response)) return
    const hasBody = request.method === 'POST'
    const read = hasBody ? await toWebRequest(request) : null
    const body: unknown = read === null ? undefined : jsonOf(await read.clone().text())
    if (read !== null && !(await isLegacyRequest(read))) return answerModern(request, response, body)
    const id = request.headers['mcp-session-id']
    const session = id === undefined ? await openSession() : sessions.get(String(id))
    if (session === undefined) return void response.writeHead(404).end()
    await session.handleRequest(request, response, body)
  }

  const openSession = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await fixtureServer(null).connect(transport)
    return transport
  }

  const server = createServer((request, response) => {
    answer(request as Incoming, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      await modern.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What is no JSON is the server's to refuse. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
