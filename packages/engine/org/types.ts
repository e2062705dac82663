import type { RepositoryId, TokenId } from '@errand/contracts'

export interface TokenView {
  readonly id: TokenId
  readonly name: string
  readonly prefix: string
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
}

export interface RepositoryView {
  readonly id: RepositoryId
  /** `local/<name>`, or the address. */
  readonly repository: string
  readonly isLocal: boolean
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

export interface BranchesView {
  /** The default branch first, then by name. */
  readonly branches: readonly { readonly name: string; readonly isDefault: boolean }[]
  /** Null when the repository names none. One without commits may name a branch that is not there yet. */
  readonly default: string | null
  /** There are more than are listed. */
  readonly isCut: boolean
}
