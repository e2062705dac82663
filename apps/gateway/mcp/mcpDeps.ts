import type { OrgId } from '@errand/contracts'
import { endMcpCalls, type EngineDeps, type McpCallEnd } from '@errand/engine'
import type { Secret } from '@errand/observe'
import { inBatches } from '../inBatches.ts'
import type { RunRecorder } from '../runRecorder.ts'
import { type HeldSignIns, heldSignIns } from './heldSignIns.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type SseSessions, sseSessions } from './sse/sseSessions.ts'
import { type HeldTools, heldTools } from './heldTools.ts'
import { type ToolSnapshots, toolSnapshots } from './toolSnapshots.ts'

/** Kinds of credentials whose tokens are made here. */
export type MadeToken = 'oauth' | 'github-app'

/** All that MCP traffic needs beside the rest of the gateway. */
export interface McpDeps {
  readonly snapshots: ToolSnapshots
  readonly held: HeldTools
  readonly recorder: RunRecorder
  /** Writes how a call that was begun has ended. */
  readonly endCall: (end: McpCallEnd) => Promise<void>
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
  /** Whether somebody has signed in since it was asked. */
  readonly isSignedIn: (which: { readonly orgId: OrgId; readonly credential: string }) => Promise<boolean>
  readonly signIns: HeldSignIns
  /** Sessions with servers that speak HTTP+SSE. */
  readonly sse: SseSessions
}

export type McpTokens = Pick<McpDeps, 'accessToken' | 'anotherToken' | 'isSignedIn'>

export function createMcpDeps({
  engine,
  recorder,
  tokens,
  outbound,
}: {
  engine: EngineDeps
  recorder: RunRecorder
  tokens: McpTokens
  outbound: Outbound
}): McpDeps {
  const ends = inBatches((_: null, calls: readonly McpCallEnd[]) => endMcpCalls(calls, engine))
  return {
    snapshots: toolSnapshots(engine),
    held: heldTools(engine),
    signIns: heldSignIns(engine, tokens),
    sse: sseSessions({ outbound }),
    recorder,
    endCall: (end) => ends(null, end),
    ...tokens,
  }
}
