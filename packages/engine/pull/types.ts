import type { Fault, Forge, OrgId, PullCheck, PullId, PullState, RunId, UserId } from '@errand/contracts'

/** A pull request for the work of a run, as the host showed it at `seenAt`. */
export interface PullView {
  readonly id: PullId
  readonly runId: RunId
  readonly repository: string
  readonly forge: Forge
  readonly number: number
  /** Its page on the host. */
  readonly url: string
  readonly title: string
  readonly branch: string
  readonly base: string
  readonly state: PullState
  readonly checks: readonly PullCheck[]
  readonly openedBy: string
  readonly openedAt: string
  readonly seenAt: string
  /** Why the last look failed; null after one that did not. What is shown is then as old as `seenAt`. */
  readonly trouble: { readonly code: string; readonly words: string; readonly remedy: string } | null
}

/** One that could be opened, as the run would have it worded. */
export interface PullDraft {
  readonly repository: string
  readonly branch: string
  /** Null while the host does not say which branch is its default. */
  readonly base: string | null
  readonly title: string
  readonly body: string
  /** Null: only the host can tell, when it is asked. */
  readonly forge: Forge | 'none' | null
  /** Where a person opens it by hand; null where the host is not known well enough for that. */
  readonly byHandUrl: string | null
  /** Repositories of the run whose work can go into a pull request, this one among them. */
  readonly repositories: readonly string[]
}

/** What the gateway is asked to open. */
export interface PullAsk {
  readonly runId: RunId
  readonly repository: string
  readonly branch: string
  /** Null: the default branch. */
  readonly base: string | null
  readonly title: string
  readonly body: string
  readonly isDraft: boolean
  readonly by: UserId
  readonly byName: string
}

/** A pull request as the host shows it. */
export interface PullSeen {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly base: string
  readonly state: PullState
  readonly checks: readonly PullCheck[]
  /** What the credential could not see of it; null: all was seen. */
  readonly trouble: Fault | null
}

/** For the gateway: one that is to be looked at. */
export interface KnownPull {
  readonly orgId: OrgId
  readonly id: PullId
  readonly runId: RunId
  readonly repository: string
  readonly forge: Forge
  readonly number: number
  readonly seenAt: Date
  readonly changedAt: Date
  readonly state: PullState
  readonly checks: readonly PullCheck[]
}
