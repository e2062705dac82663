import type { BridgeBoot } from '@errand/contracts'
import type { Mask } from './server/mask.ts'
import type { BridgeLog } from './server/serverLog.ts'

export interface BridgeLimits {
  /** One message of the server. Claude Code takes 16 MB in one event. */
  readonly lineBytes: number
  readonly bodyBytes: number
  readonly sessions: number
  /** Requests of one process that have no answer yet. */
  readonly waiting: number
  /** How long a server may take to answer its first message. */
  readonly startMs: number
  /** After this silence an answer becomes a stream, so that nobody on the way takes it for dead. */
  readonly quietMs: number
  readonly keepAliveMs: number
}

export const LIMITS: BridgeLimits = {
  lineBytes: 16 * 2 ** 20,
  bodyBytes: 4 * 2 ** 20,
  sessions: 64,
  waiting: 1024,
  startMs: 60_000,
  quietMs: 10_000,
  keepAliveMs: 15_000,
}

export interface BridgeDeps {
  readonly boot: BridgeBoot
  readonly limits: BridgeLimits
  /** Fetched from the gateway; they are in this process and the server's, and nowhere else. */
  readonly secrets: Readonly<Record<string, string>>
  readonly mask: Mask
  readonly log: BridgeLog
  readonly now: () => Date
  readonly newId: () => string
}
