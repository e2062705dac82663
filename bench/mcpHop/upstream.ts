/** An MCP server that answers at once and keeps what it is asked to keep open. In a process of its own. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const INFO = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'bench', version: '1' } }

const server = createServer((request, response) => {
  if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  void text(request).then((body) => {
    const { id, method, params } = JSON.parse(body) as {
      id?: number
      method: string
      params: { arguments: { text: string } }
    }
    if (id === undefined) return response.writeHead(202).end()
    const isFirst = method === 'initialize'
    const result = isFirst ? INFO : { content: [{ type: 'text', text: params.arguments.text }] }
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result })
    const session = isFirst ? { 'mcp-session-id': randomUUID() } : {}
    return response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length, ...session })
      .end(answer)
  })
})
// Else a hop that rests meets the end of its connections.
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
