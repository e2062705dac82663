import type { OrgId } from '@errand/contracts'
import type { EngineDeps } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Outbound } from '../outbound/outbound.ts'
import type { SignInTarget } from './target.ts'
import type { GrantVault } from './tokens.ts'

/** Where a refresh can die: before each of these something has happened that the next process has to cope with. */
export type RefreshStep = 'marked' | 'locked' | 'asked' | 'answered' | 'written' | 'done'

export interface OauthParts {
  readonly engine: Pick<EngineDeps, 'db' | 'now'>
  readonly vault: GrantVault
  readonly outbound: Outbound
  readonly log: Logger
  /** By the name of the credential. Faults `credential.unknown`, `sign-in.not-wanted`. */
  readonly readTarget: (which: { readonly orgId: OrgId; readonly credential: string }) => Promise<SignInTarget>
  /** Tests alone: told as a refresh comes along. */
  readonly onStep?: (step: RefreshStep) => void
}
