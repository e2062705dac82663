import type { Fault, PullCheck, PullState } from '@errand/contracts'

/** A pull request as its host shows it. */
export interface ForgePull {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly base: string
  readonly state: PullState
  /** The commit that its checks are about. */
  readonly sha: string
}

export interface Branches {
  readonly base: string
  readonly branch: string
}

export interface NewPull extends Branches {
  readonly title: string
  readonly body: string
  readonly isDraft: boolean
}

export interface ForgeChecks {
  readonly checks: readonly PullCheck[]
  /** What the credential may not read of them. */
  readonly trouble: Fault | null
}

/**
 * The pull requests of one repository, over the API of its host. Faults: `pull.…`, `repository.credential-refused`,
 * `repository.not-found`, `egress.…`.
 */
export interface ForgeApi {
  /** The one for these branches: an open one before a merged one before a closed one; null when there is none. */
  find(branches: Branches): Promise<ForgePull | null>
  /** `exists`: somebody was quicker. */
  open(pull: NewPull): Promise<ForgePull | 'exists'>
  read(number: number): Promise<ForgePull>
  checks(pull: Pick<ForgePull, 'sha'>): Promise<ForgeChecks>
}

const RANK: Record<PullState, number> = { open: 0, draft: 0, merged: 1, closed: 2 }

/** Of several for the same branches, the one that a person means. */
export function foremost(pulls: readonly ForgePull[]): ForgePull | null {
  return pulls.toSorted((a, b) => RANK[a.state] - RANK[b.state] || b.number - a.number)[0] ?? null
}

/** A link that a host gave, made whole; null unless it leads to a page. */
export function pageUrl(link: string | null | undefined, origin: string): string | null {
  if (link === null || link === undefined || link === '' || !URL.canParse(link, origin)) return null
  const url = new URL(link, origin)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}
