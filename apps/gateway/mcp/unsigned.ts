import { Fault, type OrgId, type RemoteServerSpec } from '@errand/contracts'
import { type EngineDeps, readServerNow, type SealedCredential } from '@errand/engine'
import { keptAWhile } from '../keptAWhile.ts'
import { challengeOf, discover } from '../oauth/discover.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { openedOf } from './callUpstream.ts'

export interface UnsignedServer {
  readonly orgId: OrgId
  readonly name: string
  /** As it is frozen in a run: without a credential. */
  readonly spec: RemoteServerSpec
}

/** Servers that were given no credential, and may want one all the same. */
export interface UnsignedServers {
  /** What holds a sign-in that was begun since; null: nobody has begun one. */
  credentialOf(server: UnsignedServer): Promise<string | null>
  /** The same, as it is now. */
  credentialNow(server: UnsignedServer): Promise<string | null>
  /** What a 401 comes down to: `mcp.needs-sign-in` where one can sign in, `mcp.credential-missing` where not. */
  refusal(server: UnsignedServer, answer: Response): Promise<Fault>
  /** Knocks as an agent is about to. Null: it is let in, or something else is wrong, which a call of it says. */
  knock(server: UnsignedServer): Promise<Fault | null>
}

interface Parts {
  readonly engine: Pick<EngineDeps, 'db' | 'now'>
  readonly outbound: Outbound
  readonly readSealed: (which: { orgId: OrgId; name: string }) => Promise<SealedCredential | null>
}

const CREDENTIAL_KEEP_MS = 1_000
const REFUSAL_KEEP_MS = 30_000
const KNOCK_MS = 3_000
/** What clients of 2026-07-28 begin with; it opens no session. */
const FIRST_WORD = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'errand', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
})
const FIRST_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'server/discover',
}

export function unsignedServers({ engine, outbound, readSealed }: Parts): UnsignedServers {
  const { now } = engine
  const nameOf = ({ orgId, name, spec }: UnsignedServer) => `${orgId} ${name} ${spec.url}`
  const credentials = keptAWhile((server: UnsignedServer) => readCredential(server, { engine, readSealed }), {
    keepMs: CREDENTIAL_KEEP_MS,
    nameOf,
    now,
  })
  const knocks = keptAWhile((server: UnsignedServer) => knock(server), { keepMs: REFUSAL_KEEP_MS, nameOf, now })

  const refusal = async ({ name, spec }: UnsignedServer, answer: Response): Promise<Fault> => {
    const challenge = challengeOf(answer)
    try {
      const { metadata } = await discover(spec.url, challenge, outbound.fetch(openedOf(spec), { timeoutMs: KNOCK_MS }))
      if (metadata !== null) return new Fault('mcp.needs-sign-in', `${name}.`)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // It says that one can sign in; whether it works is found out by who tries.
      if (challenge.metadataUrl !== null) return new Fault('mcp.needs-sign-in', `${name}.`)
    }
    const scheme = /^\w+/.exec(answer.headers.get('www-authenticate') ?? '')?.[0]
    const wants = scheme === undefined ? '' : ` It wants ${scheme}.`
    return new Fault(
      'mcp.credential-missing',
      `${name} answered ${answer.status} and offers no sign-in.${wants} Give it one, for example of the name ${name}, and name it in the settings of the server.`,
    )
  }

  const knock = async (server: UnsignedServer): Promise<Fault | null> => {
    const { spec } = server
    if (spec.transport === 'sse') return null
    try {
      const fetch = outbound.fetch(openedOf(spec), { timeoutMs: KNOCK_MS })
      const answer = await fetch(spec.url, {
        method: 'POST',
        headers: { ...spec.headers, ...FIRST_HEADERS },
        body: FIRST_WORD,
      })
      return answer.status === 401 ? await refusal(server, answer) : null
    } catch (error) {
      if (error instanceof Fault) return null
      throw error
    }
  }

  return {
    credentialOf: (server) => credentials.read(server),
    credentialNow(server) {
      credentials.forget(server)
      return credentials.read(server)
    },
    refusal,
    knock: (server) => knocks.read(server),
  }
}

/** Only of the same address: what was frozen may be another's by now. */
async function readCredential(
  { orgId, name, spec: { url } }: UnsignedServer,
  { engine, readSealed }: Pick<Parts, 'engine' | 'readSealed'>,
): Promise<string | null> {
  const spec = await readServerNow({ orgId, name }, engine).then(
    (server) => server.spec,
    (error: unknown) => {
      if (error instanceof Fault && error.code === 'mcp.unknown') return null
      throw error
    },
  )
  if (spec?.type !== 'remote' || spec.url !== url || spec.credential === undefined) return null
  const sealed = await readSealed({ orgId, name: spec.credential })
  return sealed?.spec.type === 'oauth' ? spec.credential : null
}
