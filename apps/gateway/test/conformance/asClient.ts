/**
 * What the conformance suite starts for each scenario: an MCP client of the SDK whose calls all go through our gateway.
 * It is given the address of the gateway's control and, by the suite, the address of a server.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import * as z from 'zod'

const [control = '', url = ''] = process.argv.slice(2)
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? ''
const version = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] ?? ''
const context: unknown = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}')
const calls = z.looseObject({
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) })).default([]),
})

const response = await fetch(control, { method: 'POST', body: JSON.stringify({ url, context }) })
const { hop } = z.object({ hop: z.string() }).parse(await response.json())

const client = new Client(
  { name: 'errand-conformance', version: '1.0.0' },
  {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: version === '2026-07-28' ? { mode: { pin: version } } : { mode: 'legacy' },
  },
)
client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { confirmed: true } }))
await client.connect(new StreamableHTTPClientTransport(new URL(hop)))
const { tools } = await client.listTools()
for (const call of callsOf()) {
  // A scenario may answer with an error on purpose: what counts is what its server saw.
  await client.callTool(call).catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
}
await client.close()
process.exit(0)

function callsOf(): { name: string; arguments: Record<string, unknown> }[] {
  const { toolCalls } = calls.parse(context)
  if (toolCalls.length > 0) return toolCalls
  if (scenario === 'tools_call') return [{ name: 'add_numbers', arguments: { a: 5, b: 3 } }]
  return tools.map(({ name }) => ({ name, arguments: {} }))
}
