import type {
  AgentSpec,
  Autonomy,
  DraftId,
  FaultWire,
  NetworkLevel,
  RepositoryInput,
  RunDraft,
  RunId,
} from '@errand/contracts'
import type { Estimate } from '@errand/domain'
import type { ListedRun } from '../run/types.ts'

export interface ListedPage {
  readonly runs: readonly ListedRun[]
  /** Where the next page starts; null at the end. A page can be short and still have a next one. */
  readonly next: RunId | null
}

export interface GroupPage extends ListedPage {
  readonly count: number
  /** There are `count` or more: nobody counts further. */
  readonly isMore: boolean
}

export interface RunGroups {
  readonly needs: GroupPage
  readonly review: GroupPage
  readonly running: GroupPage
  readonly queued: GroupPage
  readonly done: ListedPage
  /** Sandboxes that live, and how many may. */
  readonly places: { readonly taken: number; readonly limit: number }
}

/** Runs that changed; `all` when there were too many to name, or some may have changed unheard. */
export type RunChanges = { readonly kind: 'runs'; readonly runIds: readonly RunId[] } | { readonly kind: 'all' }

/** What was done with several runs at once: each stands in one of the two. */
export interface ManyAnswer {
  readonly done: readonly RunId[]
  readonly refused: readonly { readonly runId: RunId; readonly fault: FaultWire }[]
}

export interface DraftView {
  readonly id: DraftId
  readonly draft: RunDraft
  readonly updatedAt: string
}

/** What a person can press to mend it. */
export type Fix =
  | { readonly kind: 'add-credential'; readonly name: string | null }
  | { readonly kind: 'add-git-credential'; readonly host: string }
  | { readonly kind: 'add-repository'; readonly repository: string }
  | { readonly kind: 'see-credentials' }
  | { readonly kind: 'see-boundary' }
  | { readonly kind: 'choose-agent' }

export interface Obstacle extends FaultWire {
  readonly fix: Fix | null
  /** False: it would be fired, and may well come to nothing. */
  readonly isRefused: boolean
}

/** What is known of a task before it is fired. */
export interface Preflight {
  readonly obstacles: readonly Obstacle[]
  /** What would be used. Null when there is no such agent. */
  readonly plan: RunPlan | null
  /** 1 is next to get a place. Null: it has one at once. */
  readonly placeInLine: number | null
  readonly estimate: Estimate | null
}

/** What a run would be, with what the agent gives where the request says nothing. */
export interface RunPlan {
  readonly agent: string
  readonly agentVersion: number
  readonly runtime: AgentSpec['runtime']
  /** The fixed script that needs no key answers. */
  readonly isDemo: boolean
  readonly model: string | null
  readonly autonomy: Autonomy | null
  readonly budgetUsd: number | null
  readonly deadlineMinutes: number
  readonly network: NetworkLevel
  readonly hosts: number
  readonly verify: string | null
  readonly repositories: readonly RepositoryInput[]
}
