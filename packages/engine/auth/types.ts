import type { PasskeyId, SessionId } from '@errand/contracts'
import type { Actor } from '../deps.ts'

/** Somebody who came with a browser's session. */
export type SessionActor = Actor & Required<Pick<Actor, 'session'>>

export interface SessionView {
  readonly id: SessionId
  readonly createdAt: string
  /** To the minute. */
  readonly usedAt: string
  readonly address: string | null
  readonly userAgent: string | null
}

export interface PasskeyView {
  readonly id: PasskeyId
  readonly name: string
  readonly createdAt: string | null
  /** Kept in a cloud or on several devices. */
  readonly isBackedUp: boolean
}

export interface WaysIn {
  readonly passkeys: number
  readonly hasPassword: boolean
}
