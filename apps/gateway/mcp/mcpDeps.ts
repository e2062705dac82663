import type { OrgId } from '@errand/contracts'
import { type EngineDeps, readSealedCredential, type SealedCredential } from '@errand/engine'
import { type KeptAWhile, keptAWhile } from '../keptAWhile.ts'
import type { Secret } from '@errand/observe'
import type { CallJournal } from './callJournal.ts'
import { type CallRecords, callRecords } from './callRecords.ts'
import { type HeldSignIns, heldSignIns } from './heldSignIns.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type SseSessions, sseSessions } from './sse/sseSessions.ts'
import { type HeldTools, heldTools } from './heldTools.ts'
import { type ToolSnapshots, toolSnapshots } from './toolSnapshots.ts'
import { type UnsignedServers, unsignedServers } from './unsigned.ts'

/** Kinds of credentials whose tokens are made here. */
export type MadeToken = 'oauth' | 'github-app'

/** All that MCP traffic needs beside the rest of the gateway. */
export interface McpDeps {
  readonly snapshots: ToolSnapshots
  readonly held: HeldTools
  readonly records: CallRecords
  /** Credentials as they were a moment ago; null for one that is not there. */
  readonly sealed: KeptAWhile<{ readonly orgId: OrgId; readonly name: string }, SealedCredential | null>
  /** Of credentials whose tokens are made here. Fault `mcp.needs-sign-in`. */
  readonly accessToken: (which: {
    readonly orgId: OrgId
    readonly credential: string
    readonly kind: MadeToken
  }) => Promise<{ readonly token: Secret }>
  /** After a server refused one. Faults `mcp.needs-sign-in`, `mcp.credential-refused`. */
  readonly anotherToken: (refusal: {
    readonly orgId: OrgId
    readonly credential: string
    readonly kind: MadeToken
    readonly token: Secret
    readonly answer: Response
  }) => Promise<{ readonly token: Secret }>
  readonly unsigned: UnsignedServers
  /** Whether somebody has signed in since it was asked. */
  readonly isSignedIn: (which: { readonly orgId: OrgId; readonly credential: string }) => Promise<boolean>
  readonly signIns: HeldSignIns
  /** Sessions with servers that speak HTTP+SSE. */
  readonly sse: SseSessions
}

export type McpTokens = Pick<McpDeps, 'accessToken' | 'anotherToken' | 'isSignedIn'>

/** Another value of a credential is used so late. */
const SEALED_KEEP_MS = 1_000

export function createMcpDeps({
  engine,
  gateway,
  journal,
  tokens,
  outbound,
}: {
  engine: EngineDeps
  /** Names this process in what it begins. */
  gateway: string
  journal: CallJournal
  tokens: McpTokens
  outbound: Outbound
}): McpDeps {
  const sealed = keptAWhile((which: { orgId: OrgId; name: string }) => readSealedCredential(which, engine), {
    keepMs: SEALED_KEEP_MS,
    nameOf: ({ orgId, name }) => `${orgId} ${name}`,
    now: engine.now,
  })
  const unsigned = unsignedServers({ engine, outbound, readSealed: (which) => readSealedCredential(which, engine) })
  return {
    snapshots: toolSnapshots(engine),
    held: heldTools(engine),
    unsigned,
    signIns: heldSignIns(engine, {
      async isSignedIn({ orgId, server: name, spec }) {
        const credential = spec.credential ?? (await unsigned.credentialNow({ orgId, name, spec }))
        return credential !== null && tokens.isSignedIn({ orgId, credential })
      },
    }),
    sse: sseSessions({ outbound }),
    records: callRecords(engine, { gateway, journal }),
    sealed,
    ...tokens,
  }
}
