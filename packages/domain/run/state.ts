import type {
  Changes,
  Evidence,
  RunFaultCode,
  NoteTime,
  PullState,
  RunStatus,
  StepName,
  TerminalStatus,
  Verdict,
} from '@errand/contracts'
import { TERMINAL_STATUSES } from '@errand/contracts'

export interface StepState {
  readonly step: StepName
  readonly startedAt: string
  /** Null while it goes on. */
  readonly ms: number | null
  readonly ok: boolean | null
  readonly detail: string | null
}

export interface UsageState {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly costUsd: number
  /** Calls whose model has no known price: then `costUsd` is a lower bound and the screen says so. */
  readonly unpricedCalls: number
}

/** What the run waits for: a person's word on a tool or a host, or that they sign in. Ends by an answer, or unanswered at `expiresAt`. */
export type OpenQuestion =
  | {
      readonly kind: 'tool'
      readonly id: string
      readonly tool: string
      readonly target: string
      readonly input: string
      /** What `allow-run` and `allow-agent` would allow. */
      readonly rules: readonly string[]
      /** Raised by the gateway: it holds a call to this tool. */
      readonly mcp?: { readonly server: string; readonly tool: string; readonly rule: number | null }
      readonly askedAt: string
      readonly expiresAt: string
    }
  | {
      readonly kind: 'host'
      readonly id: string
      readonly host: string
      readonly port: number
      readonly command: string | null
      readonly askedAt: string
      readonly expiresAt: string
    }
  | {
      readonly kind: 'sign-in'
      readonly id: string
      /** The MCP server that wants it. */
      readonly server: string
      readonly words: string
      readonly askedAt: string
      readonly expiresAt: string
    }

/** What a person has said of a host that the network level does not allow. `once`: of the next connection to it. */
export interface HostAnswer {
  /** As a list of hosts names it. */
  readonly pattern: string
  readonly answer: 'once' | 'run' | 'no'
}

/** A person's note that the agent has not been given yet. */
export interface WaitingNote {
  readonly id: string
  readonly text: string
  readonly when: NoteTime
  readonly by: string
}

/** A pull request for the work of a run, as it was last seen. */
export interface RunPull {
  readonly repository: string
  readonly number: number
  readonly url: string
  readonly title: string
  readonly branch: string
  readonly base: string
  readonly state: PullState
}

/** What is known of a run, folded from its events alone. Same fold on the server and in the browser. */
export interface RunState {
  readonly status: RunStatus
  /** Sequence number of the last event that was folded. */
  readonly seq: number
  readonly agent: string
  readonly agentVersion: number
  readonly repositories: readonly string[]
  readonly retryOf: string | null
  readonly createdAt: string
  readonly admittedAt: string | null
  readonly sandboxStartedAt: string | null
  /** While its sandbox is made and nothing of it is at work: why not. */
  readonly waitingFor: { readonly code: RunFaultCode; readonly detail: string | null; readonly since: string } | null
  /** On a cluster: its node, and how the images came to it once they are there. */
  readonly placed: {
    readonly node: string
    readonly at: string
    readonly images: { readonly words: string; readonly at: string } | null
  } | null
  readonly runnerStartedAt: string | null
  readonly agentStartedAt: string | null
  readonly cancelRequestedAt: string | null
  readonly endedAt: string | null
  /** When the last process of its sandbox was seen to be gone. */
  readonly goneAt: string | null
  readonly lastEventAt: string
  readonly code: RunFaultCode | null
  readonly detail: string | null
  readonly verdict: Verdict | null
  readonly sentence: string | null
  readonly evidence: Evidence | null
  readonly changes: readonly Changes[]
  readonly steps: readonly StepState[]
  readonly usage: UsageState
  readonly budgetUsd: number | null
  readonly isBudgetReached: boolean
  readonly questions: readonly OpenQuestion[]
  readonly hostAnswers: readonly HostAnswer[]
  /** Tools of MCP servers that a person allowed for the rest of the run, as `mcp__server__tool`. */
  readonly mcpAllowed: readonly string[]
  /** MCP servers that nobody signed in with when it was asked: nobody is asked again. */
  readonly signInsRefused: readonly string[]
  /** Since when it has waited for a person without a break; null while it does not. */
  readonly waitingSince: string | null
  /** How long it has waited in all, the present wait not counted. Its time limit stands still meanwhile. */
  readonly waitedMs: number
  /** Sequence number of the last event in which a person and the run spoke to each other. */
  readonly talkSeq: number
  /** Of a run that is over: what never reached its agent. */
  readonly notes: readonly WaitingNote[]
  readonly pulls: readonly RunPull[]
  readonly toolCalls: number
  readonly blockedHosts: number
  readonly artifacts: number
  /** One line: what it is doing now. */
  readonly activity: string
  readonly model: string | null
}

export function isTerminal(status: RunStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly RunStatus[]).includes(status)
}
