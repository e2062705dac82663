import type {
  AgentSpec,
  Autonomy,
  BatchId,
  BlockedHost,
  InputFile,
  OrgId,
  RunId,
  RunnerEvent,
  RunRepository,
  SystemEvent,
  UserId,
} from '@errand/contracts'
import type { Run, RunState } from '@errand/domain'
import type { FrozenServer, LogHead } from '@errand/store'

/** A run as a person sees it. In a list `prompt` is its first 500 characters and the evidence holds no output. */
export interface RunView {
  readonly id: RunId
  readonly prompt: string
  readonly agent: string
  readonly agentVersion: number
  readonly runtime: AgentSpec['runtime']
  readonly createdBy: { readonly id: UserId; readonly name: string }
  readonly state: RunState
  readonly desired: 'done' | 'cancelled'
  /** Null while it waits for a place: its time starts when it has one, and stands still while it waits for a person. */
  readonly deadlineAt: string | null
  /** 1 is next. Null once it has a place, and when it is over. */
  readonly queuePosition: number | null
  readonly retryOf: RunId | null
  /** The run whose work this one goes on with. */
  readonly parentRunId: RunId | null
  /** Of several attempts at the same task: what they are compared by. */
  readonly batchId: BatchId | null
  readonly repositories: readonly RunRepository[]
  readonly inputs: readonly InputFile[]
  readonly budgetUsd: number | null
  readonly network: AgentSpec['network']
  /** Null for a script. */
  readonly autonomy: Autonomy | null
  readonly onBlockedHost: BlockedHost
  readonly limits: {
    readonly memoryMib: number
    readonly deadlineMinutes: number
    readonly maxTurns: number | null
  }
  readonly verify: string | null
  /** Until when its events are kept; null when they are gone. */
  readonly eventsUntil: string | null
}

/** A run in somebody's list. */
export interface ListedRun extends RunView {
  /** Fired by this person, and neither seen nor archived since. */
  readonly isUnseen: boolean
  readonly isArchived: boolean
  /** By which whoever fired it knows it again; of an attempt with its number, as `key#1`. Null where none was sent. */
  readonly idempotencyKey: string | null
  /** One of several attempts at the same task, counted from 1. */
  readonly batch: {
    readonly id: BatchId
    readonly attempt: number
    readonly attempts: number
    /** The one that a person picked. */
    readonly isWinner: boolean
  } | null
}

/** The right to act on a run until another takes it over. Every write with it names the token. */
export interface Claim {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly leaseToken: string
}

export interface ClaimedRun extends Claim {
  readonly leaseUntil: Date
  /** How far its runner had come in its own numbers. */
  readonly runnerSeq: number
  /** When the next run is due that was not yet. */
  readonly nextAt: Date | null
  /** What `plan` asks for. */
  readonly run: Run
  readonly agentSpec: AgentSpec
}

/** What a run token opens: the gateway's whole knowledge of who is calling. */
export interface RunGrant {
  readonly orgId: OrgId
  readonly runId: RunId
  readonly agentSpec: AgentSpec
  readonly network: AgentSpec['network']
  readonly hosts: readonly string[]
  readonly repositories: readonly RunRepository[]
  readonly inputs: readonly InputFile[]
  /** The MCP servers that it may use. */
  readonly mcp: readonly FrozenServer[]
  /** Name of its LLM credential; null for a script. */
  readonly credential: string | null
  readonly budgetUsd: number | null
  readonly spentUsd: number
  readonly isBudgetReached: boolean
  readonly desired: 'done' | 'cancelled'
  readonly isOver: boolean
  /** Of the last event in its log. */
  readonly seq: number
  /** A person is asked something. */
  readonly isWaiting: boolean
  /** Of the last event in which a person and the run spoke to each other; 0 before the first. */
  readonly talkSeq: number
  readonly deadlineAt: Date
  /** The address from which alone its token is taken; null on one machine. */
  readonly tokenAddress: string | null
  /** What is kept of the token that opened it. */
  readonly tokenHash: string
  readonly maxArtifactBytes: number
  readonly maxArtifacts: number
  /** How long its artifacts are kept. */
  readonly artifactDays: number
}

/** The right to add to a run's log, with what was read of the log as the right was looked for. */
export interface ReportGrant extends Pick<RunGrant, 'orgId' | 'runId' | 'tokenAddress'> {
  readonly head: LogHead
}

export type AppendBatch =
  | {
      readonly orgId: OrgId
      readonly runId: RunId
      readonly source: 'runner'
      /** Of the log, where it was read a moment ago. */
      readonly head?: LogHead
      /** The runner's own number of `events[0]`, from 1. */
      readonly first: number
      readonly events: readonly { readonly at: string; readonly body: RunnerEvent }[]
    }
  | {
      readonly orgId: OrgId
      readonly runId: RunId
      readonly source: 'system'
      readonly events: readonly SystemEvent[]
      /** Given by a controller: nothing is written once another holds the run. */
      readonly lease?: Claim
    }

export type AppendAnswer =
  /** `accepted`: the runner's own number of the last event taken so far (system: how many were written). */
  | { readonly kind: 'ok'; readonly lastSeq: number; readonly accepted: number }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'fenced' }
