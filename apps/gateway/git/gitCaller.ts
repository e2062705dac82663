import type { Fault, OrgId } from '@errand/contracts'
import type { RepositoryAddress } from '@errand/domain'
import type { RefUpdate } from '@errand/domain'
import type { GitRequest } from './gitRequest.ts'
import type { RefResult } from './reportStatus.ts'

export type Permit =
  | { readonly kind: 'granted'; readonly address: RepositoryAddress }
  | { readonly kind: 'refused'; readonly fault: Fault }

/** What became of one access, for the log of the run. */
export interface GitAccess {
  readonly request: GitRequest
  readonly ok: boolean
  readonly detail?: string
}

/** In whose name git is served, and what that allows. */
export interface GitCaller {
  readonly orgId: OrgId
  /** As reflogs show it. */
  readonly name: string
  readonly isRun: boolean
  permit(request: GitRequest): Promise<Permit>
  /** What is said about every ref of a push that is refused; null when it may go on. */
  refusePush(request: GitRequest, updates: readonly RefUpdate[]): readonly RefResult[] | null
  /** The host says that the repository is there now. False: the caller may not follow. */
  followRename(from: RepositoryAddress, to: RepositoryAddress): boolean
  record(access: GitAccess): Promise<void>
}
