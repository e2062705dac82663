import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import * as z from 'zod'

export interface McpFixture {
  readonly url: string
  /** Names of the tools that were called, in order. */
  readonly calls: readonly string[]
  /** Lets every call of `wait` go on, and those to come. */
  release(): void
  /** From now on \`echo\` says this of itself. */
  describeEcho(words: string): void
  close(): Promise<void>
}

export interface McpFixtureOptions {
  /** Refuses everything without this bearer token. */
  readonly token?: string
  /** `sse`: HTTP+SSE of 2024-11-05, as old servers speak it. */
  readonly transport?: 'streamable-http' | 'sse'
}

/** An MCP server on loopback, made with the SDK that most servers are made with. */
export async function startMcpServer({
  token,
  transport = 'streamable-http',
}: McpFixtureOptions = {}): Promise<McpFixture> {
  const tools = mcpTools()
  const answer: Answer = transport === 'sse' ? answerSse(tools) : (...exchange) => tools.answer(...exchange)
  const server = createServer((request, response) => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(401).end('no')
    void answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${transport === 'sse' ? '/sse' : '/mcp'}`,
    calls: tools.calls,
    release: () => tools.release(),
    describeEcho: (words) => tools.describeEcho(words),
    async close() {
      tools.release()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface McpTools {
  readonly calls: readonly string[]
  release(): void
  describeEcho(words: string): void
  make(): McpServer
  /** Streamable HTTP without sessions. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** `echo`, `wait` (until it is released), and `ask`, which asks the client for something before it answers. */
export function mcpTools(): McpTools {
  const calls: string[] = []
  const released = Promise.withResolvers<void>()
  let description = 'Says it back.'
  const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] })
  const make = () => {
    const server = new McpServer({ name: 'fixture', version: '1.0.0' })
    server.registerTool('echo', { description, inputSchema: { message: z.string() } }, ({ message }) => {
      calls.push('echo')
      return text(`It said: ${message}`)
    })
    server.registerTool('wait', { description: 'Waits until it is told to go on.' }, async ({ signal }) => {
      calls.push('wait')
      signal.addEventListener('abort', () => calls.push('wait, cancelled'))
      await released.promise
      return text('It went on.')
    })
    server.registerTool('ask', { description: 'Asks the client for its roots.' }, async () => {
      calls.push('ask')
      const { roots } = await server.server.listRoots()
      return text(`It has ${roots.length} roots.`)
    })
    return server
  }
  return {
    calls,
    release: () => released.resolve(),
    describeEcho: (words) => void (description = words),
    make,
    async answer(request, response) {
      const wire = new StreamableHTTPServerTransport({})
      response.once('close', () => void wire.close())
      await make().connect(wire as Parameters<McpServer['connect']>[0])
      await wire.handleRequest(request, response)
    },
  }
}

function answerSse(tools: McpTools): Answer {
  const open = new Map<string, SSEServerTransport>()
  return async (request, response) => {
    if (request.method === 'GET') {
      const wire = new SSEServerTransport('/messages', response)
      open.set(wire.sessionId, wire)
      response.once('close', () => open.delete(wire.sessionId))
      await tools.make().connect(wire)
      return
    }
    const session = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('sessionId') ?? ''
    const wire = open.get(session)
    if (wire === undefined) return void response.writeHead(404).end('no session')
    await wire.handlePostMessage(request, response)
  }
}
