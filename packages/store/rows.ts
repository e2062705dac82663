import type { AgentSpec, CreateRun, InputFile, McpServerId, McpServerSpec, RunRepository } from '@errand/contracts'

/** All that a run needs to know of its agent and its request, frozen when it is made. The prompt has its own column. */
export interface FrozenSpec {
  /** The agent's specification with what the request changed. */
  readonly agent: AgentSpec
  readonly agentName: string
  /** As a person wrote it down, not as any version says. Absent in the runs of an older Errand. */
  readonly isDraft?: boolean
  readonly repositories: readonly RunRepository[]
  readonly inputs: readonly InputFile[]
  /** The MCP servers that its agent uses, as they were. Absent in the runs of an older Errand. */
  readonly mcp?: readonly FrozenServer[]
  readonly maxArtifactBytes: number
  readonly maxArtifacts: number
  readonly artifactDays: number
  /** What was asked for, so that a retry can ask the same of the agent as it is then. */
  readonly request: Omit<CreateRun, 'prompt' | 'idempotencyKey'>
}

export interface FrozenServer {
  readonly id: McpServerId
  readonly name: string
  readonly version: number
  readonly spec: McpServerSpec
}

export interface SettingsBody {
  /** Hosts that network level `trusted` reaches besides the git hosts in use and the machine's package registries. */
  readonly trustedHosts: readonly string[]
  /** `host:port` of machines on private networks that sandboxes may reach. */
  readonly privateHosts: readonly string[]
  /** Null: by cores and memory. */
  readonly maxLiveRuns: number | null
  readonly retentionDays: { readonly events: number; readonly artifacts: number }
  readonly maxArtifactMib: number
  /** The agent of a prompt that names none. Null: `default`, and `demo` while there is no model to ask. */
  readonly defaultAgent: string | null
}

/** One real call that was made with a credential. */
export interface CredentialTest {
  /** ISO 8601. */
  readonly at: string
  readonly ok: boolean
  readonly words: string
  readonly ms: number
  /** Of the credential as it was when it was tried. */
  readonly version: number
}

/** Image and limits of a warm sandbox. */
export interface WarmSpec {
  readonly image: string | null
  readonly cpus: number
  readonly memoryMib: number
  readonly diskMib: number
}
