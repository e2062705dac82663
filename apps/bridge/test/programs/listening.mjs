// A small MCP server that speaks HTTP by itself at port `PORT`: `streamable-http` with sessions, or `sse`. It answers the
// tools `echo`, `env` and `die`. With `deaf` as the second word it never listens, with `broken` it ends at once.
import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'

const [transport, mode = ''] = process.argv.slice(2)
process.stdout.write('begins\n')
if (mode === 'broken') throw new Error('cannot find my configuration')

const sessions = new Map()
const text = (words) => ({ content: [{ type: 'text', text: words }] })
const TOOLS = {
  echo: (args) => text(String(args.text)),
  env: () => text(JSON.stringify(process.env)),
  pid: () => text(String(process.pid)),
}

function reply({ id, method, params }) {
  if (method === 'initialize') return { id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} } } }
  if (method === 'tools/call') return { id, result: TOOLS[params.name](params.arguments) }
  return { id, error: { code: -32601, message: `no ${method}` } }
}

function die() {
  process.stderr.write('the disk is gone\n')
  setTimeout(() => process.exit(7), 20)
}

const event = (name, data) => `event: ${name}\ndata: ${data}\n\n`

async function onRequest(request, response) {
  const body = Buffer.concat(await request.toArray()).toString()
  const message = body === '' ? null : JSON.parse(body)
  const isDeath = message?.params?.name === 'die'
  const answer = message?.id === undefined || isDeath ? null : JSON.stringify({ jsonrpc: '2.0', ...reply(message) })
  const url = new URL(request.url, 'http://here')
  if (transport === 'sse') {
    if (request.method === 'GET') {
      const id = randomUUID()
      sessions.set(id, response)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      return response.write(event('endpoint', `/messages?id=${id}`))
    }
    response.writeHead(202).end()
    if (answer !== null) sessions.get(url.searchParams.get('id')).write(event('message', answer))
  } else {
    const known = request.headers['mcp-session-id']
    if (message?.method !== 'initialize' && !sessions.has(known)) return response.writeHead(400).end('no session')
    const id = known ?? randomUUID()
    sessions.set(id, null)
    if (answer === null && !isDeath) return response.writeHead(request.method === 'DELETE' ? 200 : 202).end()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': id })
    response.flushHeaders()
    if (answer !== null) response.end(event('message', answer))
  }
  if (isDeath) die()
}

if (mode !== 'deaf') createServer(onRequest).listen(Number(process.env.PORT), '127.0.0.1')
else setInterval(() => undefined, 1000)
