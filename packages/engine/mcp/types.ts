import type {
  FaultCode,
  InstanceFailure,
  InstanceState,
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
  /** How it stands, where it is run here and was ever asked for in this version. */
  readonly hosted: HostedView | null
  /** A version that its registry has and this is not. */
  readonly newerVersion: string | null
}

export interface HostedView {
  readonly state: InstanceState
  readonly changedAt: string
  readonly startedAt: string | null
  readonly memoryMib: number
  readonly sessions: number
  readonly starts: number
  readonly crashes: number
  readonly failure: InstanceFailure | null
  /** It failed; it is tried again then. */
  readonly nextAt: string | null
  /** SHA-256 of what was installed. */
  readonly bundle: string | null
}

export interface HostedLogLine {
  readonly at: string | null
  /** The server's own words, not ours about it. */
  readonly isServer: boolean
  readonly words: string
}

export interface HostedLogView {
  readonly now: readonly HostedLogLine[]
  /** Of the process before. */
  readonly before: readonly HostedLogLine[]
}

/** The calls of the last day. */
export interface McpActivityView {
  readonly since: string
  readonly slotMinutes: number
  /** Oldest first. */
  readonly slots: readonly { readonly calls: number; readonly errors: number }[]
  readonly tools: Readonly<Record<string, { readonly calls: number; readonly denied: number }>>
}

/** A server's last day, for lists. */
export interface McpDayView extends Pick<McpActivityView, 'since' | 'slots'> {
  /** Of the call in the middle; null: all were refused. */
  readonly typicalMs: number | null
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
  /** Of the run; null where a person tried it. */
  readonly title: string | null
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
