// A small MCP server over standard streams whose tools misbehave on demand. Arguments: `crash` (ends before it answers),
// `mute` (answers nothing), `modern` (knows 2026-07-28 as well).
import { spawn } from 'node:child_process'
import { get } from 'node:http'
import { createInterface } from 'node:readline'

const [mode = ''] = process.argv.slice(2)
if (mode === 'crash') {
  process.stderr.write('cannot find my configuration\n')
  process.exit(3)
}

const state = { counter: 0 }
const asked = new Map()
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const answer = (id, result) => say({ id, result })
const text = (words) => ({ content: [{ type: 'text', text: words }] })

const TOOLS = {
  echo: ({ id, args }) => answer(id, text(String(args.text))),
  count: ({ id }) => answer(id, text(String(++state.counter))),
  pid: ({ id }) => answer(id, text(String(process.pid))),
  env: ({ id }) => answer(id, text(JSON.stringify(process.env))),
  fetch: ({ id, args }) => {
    const { hostname, port } = new URL(process.env.HTTP_PROXY)
    get({ hostname, port, path: args.url }, async (response) => {
      const parts = await response.toArray()
      answer(id, text(`${response.statusCode} ${Buffer.concat(parts)}`))
    })
  },
  spell: ({ id }) =>
    process.stdout.write(`{"result" : {"n": 1.0, "big": 12345678901234567890} , "jsonrpc":"2.0","id": ${id} }\r\n`),
  hang: () => undefined,
  hoard: () => {
    for (const held = []; ; held.push(Buffer.alloc(16 * 2 ** 20, 1)));
  },
  late: ({ id, args }) => setTimeout(() => answer(id, text('late')), args.ms),
  progress: ({ id, meta }) => {
    for (const progress of [1, 2, 3]) {
      say({ method: 'notifications/progress', params: { progressToken: meta.progressToken, progress, total: 3 } })
    }
    setTimeout(() => answer(id, text('done')), 20)
  },
  ask: ({ id }) => {
    asked.set('q-1', (result) => answer(id, text(`they said ${JSON.stringify(result)}`)))
    say({ id: 'q-1', method: 'elicitation/create', params: { message: 'which one?' } })
  },
  news: ({ id }) => {
    say({ method: 'notifications/tools/list_changed' })
    say({ method: 'notifications/message', params: { level: 'info', data: 'private to whoever asked' } })
    answer(id, text('told'))
  },
  big: ({ id, args }) => answer(id, text('x'.repeat(args.bytes))),
  flood: ({ id, args }) => {
    for (let i = 0; i < args.lines; i++)
      say({ method: 'notifications/message', params: { level: 'info', data: 'f'.repeat(1000) } })
    answer(id, text('flooded'))
  },
  die: () => {
    process.stdout.write('{"jsonrpc":"2.0","id":')
    process.stderr.write('the disk is gone\n')
    setTimeout(() => process.exit(7), 20)
  },
  lie: ({ id }) => {
    process.stdout.write('Server started!\n')
    answer(id + 1000, text('for nobody'))
    answer('1', text('for nobody'))
    answer(null, text('for nobody'))
    process.stdout.write('[1,2]\n{"jsonrpc":"2.0"}\n')
    answer(id, text('the truth'))
    answer(id, text('twice'))
  },
  orphan: ({ id }) => {
    const child = spawn('sleep', ['300'], { stdio: 'ignore' })
    answer(id, text(String(child.pid)))
  },
  stderr: ({ id, args }) => {
    for (let i = 0; i < args.lines; i++) process.stderr.write(`${args.text}\n`)
    answer(id, text('said'))
  },
}

const METHODS = {
  initialize: (id, params) =>
    answer(id, {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'test', version: '1' },
      instructions: JSON.stringify(params.capabilities ?? {}),
    }),
  'tools/list': (id) =>
    answer(id, { tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: 'object' } })) }),
  'tools/call': (id, params) => TOOLS[params.name]({ id, args: params.arguments ?? {}, meta: params._meta ?? {} }),
  ping: (id) => answer(id, {}),
}
const MODERN = {
  'server/discover': (id) =>
    answer(id, { supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, resultType: 'complete' }),
  'subscriptions/listen': (id) => {
    const about = { _meta: { 'io.modelcontextprotocol/subscriptionId': id } }
    say({ method: 'notifications/subscriptions/acknowledged', params: about })
    say({ method: 'notifications/tools/list_changed', params: about })
  },
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (mode === 'mute') return
  const { id, method, params = {}, result } = JSON.parse(line)
  if (method === undefined) return asked.get(id)?.(result)
  if (method === 'notifications/cancelled') return process.stderr.write(`cancelled ${params.requestId}\n`)
  if (id === undefined) return
  const act = METHODS[method] ?? (mode === 'modern' ? MODERN[method] : undefined)
  if (act === undefined) return say({ id, error: { code: -32601, message: 'Method not found' } })
  act(id, params)
})
