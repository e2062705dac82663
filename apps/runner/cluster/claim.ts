import type { Agent } from 'node:http'
import {
  SANDBOX_PATHS,
  type SandboxClaim,
  type SandboxFailure,
  type SandboxGrant,
  type WallReport,
} from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import { backoffMs } from '../gateway/backoff.ts'
import { faultWords, type GatewayAnswer, GatewayClient, GatewayUnreachable, isPassing } from '../gateway/client.ts'
import type { Place } from './place.ts'

export type Claimed =
  | ({ readonly kind: 'granted'; readonly agent: Agent } & SandboxGrant)
  /** Nobody needs this sandbox any more. */
  | { readonly kind: 'dismissed' }
  | { readonly kind: 'refused'; readonly words: string }

export interface ClaimDeps {
  readonly clock: Clock
  readonly random: () => number
}

/** The gateway answers after 20 s at the latest. */
const LONG_POLL_TIMEOUT_MS = 30_000
/** Kept between two polls, should a gateway ever answer at once without a run. */
const SHORTEST_POLL_MS = 200
/**
 * The cluster may start a pod before Errand has heard of it: by moments, or by as long as the API server and Errand's
 * controllers are away together. Counted from when somebody says so, since nobody can while the gateway is away too.
 */
const UNKNOWN_FOR_MS = 60_000
const UNKNOWN_GAP_MS = 50
const LONGEST_UNKNOWN_GAP_MS = 500
/** A gateway that answered before is there again soon; one that never did gets one more try. */
const FAILURE_FOR_MS = { 'wall.open': 10_000, 'wall.blocked': 0 } as const
const FAILURE_TIMEOUT_MS = 3_000

/**
 * Asks for the token of the run that this sandbox is for, and waits for that run as long as it takes: over resets and
 * gateways that start again. Nothing was connected before: what is opened now is opened behind the wall.
 */
export async function claimRun(place: Place, wall: WallReport, { clock, random }: ClaimDeps): Promise<Claimed> {
  const client = new GatewayClient({ gateway: { kind: 'tcp', ...place.gateway }, token: null }, clock)
  const body: SandboxClaim = { name: place.name, uid: place.uid, wall }
  let unknownSince: number | null = null
  let failures = 0
  let unknownGapMs = UNKNOWN_GAP_MS
  let isGranted = false
  try {
    for (;;) {
      const askedAt = clock.now()
      const answer = await post(client, { path: SANDBOX_PATHS.claim, body, timeoutMs: LONG_POLL_TIMEOUT_MS })
      if (answer?.status === 200) {
        isGranted = true
        return { kind: 'granted', agent: client.agent, ...(answer.json as SandboxGrant) }
      }
      if (answer?.status === 410) return { kind: 'dismissed' }
      unknownSince = answer?.status === 404 ? (unknownSince ?? clock.now()) : null
      const isPatient = unknownSince !== null && clock.now() - unknownSince < UNKNOWN_FOR_MS
      if (answer === null) await pause(clock, backoffMs(failures++, random))
      else if (isPatient) {
        await pause(clock, unknownGapMs)
        unknownGapMs = Math.min(LONGEST_UNKNOWN_GAP_MS, unknownGapMs * 2)
      } else if (answer.status !== 202) return { kind: 'refused', words: faultWords(answer) }
      else {
        failures = 0
        await pause(clock, Math.max(0, SHORTEST_POLL_MS - (clock.now() - askedAt)))
      }
    }
  } finally {
    // Its connection is the run's from now on.
    if (!isGranted) client.close()
  }
}

/** Says why this sandbox will never run anything. False where nobody took it. */
export async function tellFailure(
  place: Place,
  failure: Pick<SandboxFailure, 'detail'> & { readonly code: keyof typeof FAILURE_FOR_MS },
  { clock, random }: ClaimDeps,
): Promise<boolean> {
  const client = new GatewayClient({ gateway: { kind: 'tcp', ...place.gateway }, token: null }, clock)
  const body: SandboxFailure = { name: place.name, uid: place.uid, ...failure }
  const until = clock.now() + FAILURE_FOR_MS[failure.code]
  try {
    for (let failures = 0; ; failures++) {
      const answer = await post(client, { path: SANDBOX_PATHS.failed, body, timeoutMs: FAILURE_TIMEOUT_MS })
      if (answer !== null && answer.status !== 404) return answer.status === 204
      if (clock.now() >= until) return false
      await pause(clock, backoffMs(failures, random))
    }
  } finally {
    client.close()
  }
}

interface Post {
  readonly path: string
  readonly body: SandboxClaim | SandboxFailure
  readonly timeoutMs: number
}

/** Null where nobody answered, or nobody who knows. */
async function post(client: GatewayClient, { path, body, timeoutMs }: Post): Promise<GatewayAnswer | null> {
  try {
    const answer = await client.ask({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: () => JSON.stringify(body),
      timeoutMs,
    })
    return isPassing(answer.status) ? null : answer
  } catch (error) {
    if (error instanceof GatewayUnreachable) return null
    throw error
  }
}
