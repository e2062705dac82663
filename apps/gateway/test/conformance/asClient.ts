/**
 * What the conformance suite starts for each scenario: an MCP client of the SDK as an agent has it. All its calls go through
 * the gateway. It is given the address of our control and, by the suite, the address of a server.
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
const MOST_TRIES = 3
const LOOK_EVERY_MS = 500

const hasSignIn = scenario.startsWith('auth/')
const made = await ask('/', { url, hasSignIn, context })
const { hop, number } = z.object({ hop: z.string(), number: z.number() }).parse(made)

const client = await withPerson(async () => {
  const attempt = new Client(
    { name: 'errand-conformance', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } } },
      versionNegotiation: version === '2026-07-28' ? { mode: { pin: version } } : { mode: 'legacy' },
    },
  )
  const content = scenario.startsWith('elicitation') ? {} : { confirmed: true }
  attempt.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content }))
  await attempt.connect(new StreamableHTTPClientTransport(new URL(hop)))
  return attempt
})
const { tools } = await withPerson(() => client.listTools())
for (const call of callsOf()) {
  // A scenario may answer with an error on purpose: what counts is what its server saw.
  await withPerson(async () => {
    const result = await client.callTool(call)
    if (result.isError === true) throw new Error(JSON.stringify(result.content))
  }).catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
}
await client.close()
process.exit(0)

function callsOf(): { name: string; arguments: Record<string, unknown> }[] {
  const { toolCalls } = calls.parse(context)
  if (toolCalls.length > 0) return toolCalls
  if (scenario === 'tools_call') return [{ name: 'add_numbers', arguments: { a: 5, b: 3 } }]
  return tools.map(({ name }) => ({ name, arguments: {} }))
}

/** Tries again once a person has signed in, where that is what it wants. A call may also wait for them by itself. */
async function withPerson<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const timer = setInterval(() => void callPerson(), LOOK_EVERY_MS)
    try {
      return await work()
    } catch (error) {
      if (tries === MOST_TRIES || !(await callPerson())) throw error
    } finally {
      clearInterval(timer)
    }
  }
}

async function callPerson(): Promise<boolean> {
  return z.object({ isSignedIn: z.boolean() }).parse(await ask(`/${number}`, {})).isSignedIn
}

async function ask(path: string, body: object): Promise<unknown> {
  return (await fetch(new URL(path, control), { method: 'POST', body: JSON.stringify(body) })).json()
}
