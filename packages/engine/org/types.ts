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
