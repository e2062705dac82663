import type { OrgId } from '@errand/contracts'
import type { Target } from '@errand/domain'
import type { Logger } from '@errand/observe'
import type { RunRecorder } from '../runRecorder.ts'
import type { GitCredential, RemoteDispatchers } from './askRemote.ts'
import type { LocalRepositories } from './localRepositories.ts'
import type { Places } from './places.ts'
import type { Renames } from './renames.ts'

export interface GitDeps {
  readonly repositories: LocalRepositories
  readonly dispatchers: RemoteDispatchers
  readonly renames: Renames
  /** The credential that the owner keeps for this host and port, opened. */
  readonly readGitCredential: (orgId: OrgId, target: Target) => Promise<GitCredential | null>
  /** Whether the organisation has a local repository of this name. */
  readonly isRegistered: (orgId: OrgId, name: string) => Promise<boolean>
  readonly recorder: RunRecorder
  /** PATH in which `git` is found. */
  readonly searchPath: string
  /** Git programs at once for each run and each person. */
  readonly places: Places
  readonly log: Logger
}
