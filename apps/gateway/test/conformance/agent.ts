import { saveMcpServer, setCredentialSecret, readGrant, startSignIn, takeCallback } from '@errand/engine'
import { Fault, type McpServerSpec, mcpServerSpecSchema, toFault } from '@errand/contracts'
import { startForwarder } from '@errand/testkit'
import type { LiveGateway } from '../support/liveGateway.ts'

const ORIGIN = 'http://localhost:3999'
/** What a person is wanted for. */
const WANTS: readonly (string | undefined)[] = ['none', 'needs-sign-in', 'needs-consent']

interface AgentAsk {
  readonly name: string
  /** Of the server that it uses. */
  readonly url: string
  readonly hasSignIn: boolean
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
}

export interface Agent {
  /** Signs in where that is wanted, as somebody with a browser would. False: nothing was wanted, or it was refused. */
  person(): Promise<boolean>
  close(): Promise<void>
}

/** An agent in a run of its own, with one server; `hop` is where that server is for it. */
export async function agentOf(ask: AgentAsk, gateway: LiveGateway): Promise<Agent & { readonly hop: string }> {
  const { name, hasSignIn } = ask
  const { owner, engine } = gateway
  const secret = ask.clientSecret === undefined ? {} : { secret: ask.clientSecret }
  if (hasSignIn) await setCredentialSecret(owner, { name, spec: { type: 'oauth', server: name }, ...secret }, engine)
  await saveMcpServer(owner, { name, spec: specOf(ask), baseVersion: 0 }, engine)
  await gateway.addAgent(name, { mcp: [{ server: name, rules: [], otherwise: 'allow' }] })
  const run = await gateway.run({ agent: name })
  const forwarder = await startForwarder({ socketPath: run.socketPath, token: run.token })

  let signing = Promise.resolve(false)
  const signIn = async (): Promise<boolean> => {
    const { grant } = await readGrant(owner, name, engine)
    if (!hasSignIn || !WANTS.includes(grant?.status)) return false
    try {
      const { address } = await startSignIn(owner, { server: name, origin: ORIGIN }, engine)
      // A scenario that ends takes its authorization server along: a browser finds nobody there.
      const answer = await fetch(address, { redirect: 'manual' }).catch((cause: unknown) => {
        throw new Fault('egress.unreachable', `Nobody answers at ${address}.`, { cause })
      })
      const back = new URL(answer.headers.get('location') ?? ORIGIN, address)
      const { fault } = await takeCallback(Object.fromEntries(back.searchParams), engine)
      return fault === null
    } catch (error) {
      process.stderr.write(`${name}: ${toFault(error).message}\n`)
      return false
    }
  }
  return {
    hop: `${forwarder.url}/mcp/${name}`,
    person: () => (signing = signing.then(signIn)),
    async close() {
      await signing
      await forwarder.close()
    },
  }
}

function specOf({ name, url, hasSignIn, clientId }: AgentAsk): McpServerSpec {
  return mcpServerSpecSchema.parse({
    type: 'remote',
    url,
    private: true,
    ...(hasSignIn ? { credential: name } : {}),
    ...(clientId === undefined ? {} : { oauth: { clientId } }),
  })
}
