import type { OrgId, RunId } from '@errand/contracts'
import type { EngineDeps } from '@errand/engine'
import type { Logger, Metrics, Tracing } from '@errand/observe'
import type { GatewayConfig } from './config.ts'
import type { EgressDeps } from './egress/egressDeps.ts'
import type { HostedEndpoints } from './hosted/endpoints.ts'
import type { Places } from './git/places.ts'
import type { BranchReader } from './git/readBranches.ts'
import type { GitDeps } from './git/gitDeps.ts'
import type { Spending } from './llm/spending.ts'
import type { KeptGrants } from './keptGrants.ts'
import type { Upstreams } from './llm/upstreams.ts'
import type { Oauth } from './oauth/oauth.ts'
import type { McpDeps } from './mcp/mcpDeps.ts'
import type { CredentialOpener } from './openCredential.ts'
import type { Outbound } from './outbound/outbound.ts'
import type { RefusalLimit } from './sandbox/refusalLimit.ts'
import type { SandboxWakes } from './sandbox/sandboxWakes.ts'

/** Built once by `startGateway`; each traffic adds what only it needs under its own name. */
export interface GatewayDeps {
  /** Handed on to every use case of `@errand/engine`. */
  readonly engine: EngineDeps
  readonly config: GatewayConfig
  readonly log: Logger
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly now: () => Date
  /** The only thing in Errand that opens a sealed secret. */
  readonly credentials: CredentialOpener
  /** Connections to model providers. */
  readonly upstreams: Upstreams
  /** The way to MCP servers and to what they name: guarded. */
  readonly outbound: Outbound
  /** What sign-ins with MCP servers brought. */
  readonly oauth: Oauth
  /** Of tokens that were shown a moment ago. */
  readonly grants: KeptGrants
  readonly spending: Spending
  /** Runs whose log was told by this process that their budget is used up. */
  readonly budgetsReached: Set<RunId>
  readonly git: GitDeps
  readonly egress: EgressDeps
  readonly mcp: McpDeps
  readonly branches: BranchReader
  /** Where hosted MCP servers answer. */
  readonly hosted: HostedEndpoints
  /** Who waits for a run, on a cluster. */
  readonly sandboxWakes: SandboxWakes
  /** What was refused to whom that has no token. */
  readonly refusals: RefusalLimit
  /** One pull request at a time for each branch. */
  readonly pullTurns: Places
  /** Removes a local repository's folder; the row is gone already. */
  readonly removeRepository: (repository: { readonly orgId: OrgId; readonly name: string }) => Promise<void>
}
