import type { PublicVaultKey } from '@errand/vault'
import type {
  HostedRecipe,
  AgentSpec,
  CredentialId,
  CredentialSpec,
  DocumentKind,
  FaultCode,
  OrgId,
  PullId,
  RequestId,
  UserId,
} from '@errand/contracts'
import type { PullAsk } from '../pull/types.ts'

export interface AgentView {
  readonly name: string
  readonly version: number
  readonly spec: AgentSpec
  readonly isBuiltin: boolean
  /** It came with Errand, changed or not: it cannot be deleted. */
  readonly cameWithErrand: boolean
  /** It takes no new runs. */
  readonly isOff: boolean
  readonly updatedAt: string
}

export interface ListedAgent extends AgentView {
  /** When it was last given a task; null when it never was. */
  readonly lastUsedAt: string | null
}

/** The next version of an agent as somebody works on it. */
export interface AgentDraftView {
  readonly name: string
  /** The version that it changes; 0 where the agent was never saved. */
  readonly baseVersion: number
  readonly spec: AgentSpec
  readonly updatedAt: string
}

export interface AgentVersionView {
  readonly version: number
  readonly spec: AgentSpec
  readonly note: string | null
  readonly isBuiltin: boolean
  readonly createdBy: string
  readonly createdAt: string
}

/** Never holds the value: `hasSecret` says whether there is one. */
export interface CredentialView {
  readonly name: string
  readonly spec: CredentialSpec
  readonly hasSecret: boolean
  readonly version: number
  readonly updatedAt: string
  /** What the last real call with it brought; null when none was made. */
  readonly lastTest: CredentialTestView | null
  /** Agents that ask this model. */
  readonly agents: readonly string[]
  /** Repositories on this git host. */
  readonly repositories: readonly string[]
}

export interface CredentialTestView extends GatewayAnswer {
  readonly at: string
  /** It was made before the credential was changed. */
  readonly isOutdated: boolean
}

/** What a browser needs to seal a value for one row: nobody but the gateway reads it afterwards. */
export interface SealingPlace extends PublicVaultKey {
  readonly id: CredentialId
  /** Goes into the seal; the value opens nowhere else. */
  readonly aad: string
}

/** A value as it comes in: in clear from a program of this machine, sealed from a browser. */
export type GivenSecret =
  | { readonly kind: 'plain'; readonly value: string }
  | { readonly kind: 'sealed'; readonly id: CredentialId; readonly value: string }

/** For the gateway alone, which can open it: `opener.open(sealed, aad)`. */
export interface SealedCredential {
  readonly id: CredentialId
  readonly name: string
  readonly spec: CredentialSpec
  readonly version: number
  readonly sealed: string | null
  readonly aad: string
}

export interface Applied {
  readonly kind: DocumentKind
  readonly name: string
  readonly change: 'created' | 'updated' | 'unchanged'
  readonly version: number
}

export type GatewayRequestBody =
  | { readonly kind: 'credential.test'; readonly name: string; readonly version: number }
  /** The row is gone; the gateway removes the folder. `name` is without `local/`. */
  | { readonly kind: 'repository.remove'; readonly name: string }
  | { readonly kind: 'pull.open'; readonly ask: PullAsk }
  | { readonly kind: 'pull.look'; readonly id: PullId }
  /** A real handshake with an MCP server: what it offers is kept. */
  | { readonly kind: 'mcp.test'; readonly server: string }
  /** A person tries a tool, with what they typed. */
  | {
      readonly kind: 'mcp.call'
      readonly server: string
      readonly tool: string
      readonly arguments: Readonly<Record<string, unknown>>
      readonly by: UserId
    }
  /** How to sign in with the server of a credential; the answer holds the address to open. */
  | { readonly kind: 'mcp.sign-in'; readonly credential: string; readonly origin: string; readonly by: string }
  /** Somebody came back from there: what they brought lies sealed with the grant. */
  | { readonly kind: 'mcp.exchange'; readonly credential: string }
  | { readonly kind: 'mcp.sign-out'; readonly credential: string }
  | { readonly kind: 'repository.branches'; readonly repository: string; readonly isFresh: boolean }
  | { readonly kind: 'registry.search'; readonly text: string }
  | { readonly kind: 'image.resolve'; readonly package: HostedRecipe['package'] }
  /** Of a package, by the machine's own package manager. */
  | { readonly kind: 'package.newest'; readonly registry: 'npm' | 'pypi'; readonly name: string }

export interface GatewayRequest {
  readonly id: RequestId
  readonly orgId: OrgId
  readonly body: GatewayRequestBody
}

export interface GatewayAnswer {
  readonly ok: boolean
  readonly words: string
  readonly ms: number
  /** Which failure it is, where `ok` is false and the failure has a code. */
  readonly code?: FaultCode | undefined
  /** What a person has to know beyond the code's own words. */
  readonly detail?: string | undefined
  /** What was asked for, where it is more than words. */
  readonly value?: unknown
}
