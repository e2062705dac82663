/**
 * `npm run conformance -- client [REVISION] [SCENARIO]`: the client suite of the Model Context Protocol. What it judges is
 * the gateway: each of its clients is an agent’s, in a run of its own, and reaches the suite’s servers through the hop,
 * which finds out how to sign in, does it, and puts in the token.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { setup, teardown } from '@errand/testkit/globalSetup'
import * as z from 'zod'
import { startLiveGateway } from '../support/liveGateway.ts'
import { type Agent, agentOf } from './agent.ts'
import { print, REVISIONS, runSuite } from './suite.ts'

const DOCUMENT = 'https://conformance-test.local/client-metadata.json'
const askSchema = z.object({
  url: z.string(),
  hasSignIn: z.boolean(),
  context: z.looseObject({ client_id: z.string().optional(), client_secret: z.string().optional() }),
})

const [wanted, scenario] = process.argv.slice(2)
await setup()
const gateway = await startLiveGateway({ isLoopbackOpen: true, clientDocumentUrl: DOCUMENT })
const agents: Agent[] = []
let named = 0
let making: Promise<unknown> = Promise.resolve()

/** `POST /` is a new agent; `POST /N` has its person do what is wanted of them, and says whether there was anything. */
const control = createServer((request, response) => {
  answer(request.url ?? '', request)
    .then((body) => response.end(JSON.stringify(body)))
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      response.writeHead(500).end('{}')
    })
})
await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve))

async function answer(path: string, body: NodeJS.ReadableStream): Promise<object> {
  const known = agents[Number(path.slice(1) || NaN)]
  if (known !== undefined) return { isSignedIn: await known.person() }
  const { url, hasSignIn, context } = askSchema.parse(JSON.parse(await text(body)))
  const { client_id: clientId, client_secret: clientSecret } = context
  const name = `server-${named++}`
  // One after the other: runs are handed out to whoever asks first, and the suite starts its clients together.
  const made = making.then(() => agentOf({ name, url, hasSignIn, clientId, clientSecret }, gateway))
  making = made.catch(() => undefined)
  const agent = await made
  return { number: agents.push(agent) - 1, hop: agent.hop }
}

const client = fileURLToPath(new URL('asClient.ts', import.meta.url))
const origin = `http://127.0.0.1:${(control.address() as AddressInfo).port}`
let isFine = true
try {
  for (const revision of REVISIONS.filter((one) => wanted === undefined || one === wanted)) {
    const args = ['--command', `${process.execPath} ${client} ${origin}`, '--timeout', '60000']
    const outcome = await runSuite({ suite: 'client', revision, scenario, args })
    print({ suite: 'client', revision, via: 'gateway' }, outcome)
    const failed = [...outcome].filter(([, checks]) => checks.failed > 0)
    for (const [name, checks] of failed) process.stderr.write(`${revision} ${name}: ${checks.failed} checks failed\n`)
    isFine = isFine && outcome.size > 0 && failed.length === 0
  }
} finally {
  control.closeAllConnections()
  control.close()
  for (const agent of agents) await agent.close()
  await gateway.close()
  await teardown()
}
process.exitCode = isFine ? 0 : 1
