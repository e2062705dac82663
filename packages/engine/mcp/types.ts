import type {
  FaultCode,
  McpCallId,
  McpServerSpec,
  McpSight,
  McpTool,
  RunId,
  ToolFlag,
  ToolVerdict,
} from '@errand/contracts'

export interface McpServerView {
  readonly name: string
  readonly version: number
  readonly spec: McpServerSpec
  readonly updatedAt: string
  /** What the last handshake brought; null before the first. */
  readonly lastTest: McpTestView | null
  /** Agents that use it. */
  readonly agents: readonly string[]
  /** How many tools it has, and how many of them are held back until a person accepts them. */
  readonly tools: number
  readonly heldTools: number
}

export interface McpTestView {
  readonly at: string
  readonly ok: boolean
  readonly words: string
  readonly code: FaultCode | null
  readonly ms: number
  /** It was made before the server was changed. */
  readonly isOutdated: boolean
  readonly sight: Omit<McpSight, 'tools'> | null
}

export interface McpToolView {
  readonly name: string
  /** As it was last seen. */
  readonly body: McpTool
  readonly sha256: string
  readonly flags: readonly ToolFlag[]
  readonly seenAt: string
  /** Not among the tools when they were last listed. */
  readonly isGone: boolean
  /** `changed` and `new` are held back until a person accepts them. */
  readonly state: 'accepted' | 'changed' | 'new'
  /** As it was accepted; null for one that never was. */
  readonly acceptedBody: McpTool | null
  readonly acceptedAt: string | null
  /** Null: it was there at the first look. */
  readonly acceptedBy: string | null
}

/** A server with everything that its page shows, but its calls. */
export interface McpServerPage extends McpServerView {
  readonly source: string
  readonly toolList: readonly McpToolView[]
}

export interface McpServerVersionView {
  readonly version: number
  readonly spec: McpServerSpec
  readonly createdBy: string
  readonly createdAt: string
}

export interface McpCallView {
  readonly id: McpCallId
  readonly at: string
  readonly runId: RunId | null
  /** The person who tried it; null for a run's. */
  readonly by: string | null
  readonly server: string
  readonly tool: string
  readonly toolUseId: string | null
  readonly arguments: unknown
  readonly verdict: ToolVerdict
  readonly rule: number | null
  readonly resultBytes: number
  readonly isError: boolean
  readonly ms: number
  readonly code: FaultCode | null
}

/** What a tool that was tried by hand brought: the result as its server gave it. */
export interface McpTried {
  readonly isError: boolean
  readonly result: unknown
  readonly ms: number
}
