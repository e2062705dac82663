import { setMaxListeners } from 'node:events'
import type { WallReport } from '@errand/contracts'
import { type Clock, pause } from '../clock.ts'
import { addressText, type HostPort, type Place } from './place.ts'
import type { Probe } from './probe.ts'

export type Wall =
  | { readonly kind: 'stands'; readonly report: WallReport }
  /** At the deadline something could be reached that has to be closed. */
  | { readonly kind: 'open'; readonly detail: string }
  /** At the deadline nothing was open, the gateway neither. */
  | { readonly kind: 'blocked'; readonly detail: string }

export interface WallDeps {
  readonly clock: Clock
  readonly probe: Probe
  /** Of the sandbox, on the clock: what the times of the report count from. */
  readonly startedAt: number
}

/** So many good rounds in a row, over so long, are a wall. */
const ROUNDS = 3
const HOLDS_MS = 20
/**
 * Between the beginnings of two rounds. They overlap: a round lasts longer where packets are dropped. The slower the canary
 * lately answered, the fewer: then there are others that want the processors.
 */
const ROUND_GAP_MS = 5
const GAP_FACTOR = 3
const LATEST_PART = 0.25
/**
 * How long what has to be closed may be silent before that is its answer: much longer than the gateway took in the same
 * round, which is as far away, and asked by the same process at the same moment.
 */
const SILENCE_FACTOR = 5
const SHORTEST_SILENCE_MS = 10
/** An engine that is slow is asked less often: a little more does not matter then. */
const SLOW_PART = 0.01
const LONGEST_GAP_MS = 100
/**
 * While the canary answers there is no wall, and the rest is asked no more often than this: each attempt costs this process, the
 * node and whoever is behind the address.
 */
const WHOLE_ROUND_MS = 500
/** What was open so shortly before the deadline counts as open at it. */
const LATELY_MS = 1_000

/** What one address was seen to be. */
interface Sighting {
  readonly what: WallReport['targets'][number]['what']
  readonly address: HostPort
  wasOpen: boolean
  /** How long it lately took to answer. */
  answerMs: number
  /** The last round, by its beginning, that saw it as it must not be. */
  wrongRound: number
  /** When it was last seen so. */
  wrongMs: number | null
  /** When it was first seen as it has to be, since it was seen otherwise. */
  rightMs: number | null
}

/**
 * Waits until the cluster's policy is in force, seen from inside: the gateway answers, and neither its canary port nor
 * anything else does, in three rounds one after the other, of which the last two ask for everything. Policies come to
 * a pod after its start, so what is open at first is no fault; what is still open at the deadline is.
 */
export async function proveWall(
  place: Pick<Place, 'gateway' | 'canary' | 'closed' | 'wallDeadlineMs'>,
  deps: WallDeps,
): Promise<Wall> {
  const { clock, startedAt } = deps
  const over = new AbortController()
  // One for each attempt under way, and there are many on purpose.
  setMaxListeners(0, over.signal)
  const canary = sighting('canary', place.canary)
  const pair = [sighting('gateway', place.gateway), canary]
  const all = [...pair, ...place.closed.map((address) => sighting('closed', address))]
  const msNow = (): number => Math.max(0, Math.round(clock.now() - startedAt))
  const rest = (ms: number): Promise<void> => pause(clock, Math.min(ms, place.wallDeadlineMs - msNow()), over.signal)
  let stoodMs: number | null = null
  const begins: number[] = []
  let wholeAt = Number.NEGATIVE_INFINITY
  let latest: readonly Promise<boolean>[] = []
  while (stoodMs === null && msNow() < place.wallDeadlineMs) {
    const round = begins.push(msNow())
    // After one whose canary did not answer, the next are whole.
    const isWhole = canary.wrongRound !== round - 1 || msNow() - wholeAt >= WHOLE_ROUND_MS
    if (isWhole) wholeAt = msNow()
    const looking = lookOnce(round, { ...deps, sightings: isWhole ? all : pair, msNow, signal: over.signal })
    latest = [...latest, looking].slice(-ROUNDS)
    void Promise.all(latest).then((good) => {
      if (good.length < ROUNDS || good.includes(false) || stoodMs !== null) return
      // The last round that saw something open, which may have begun later; the one after it is where the good ones begin.
      const wrong = Math.max(...all.map(({ what, wrongRound }) => (what === 'gateway' ? 0 : wrongRound)))
      if (wrong > round - ROUNDS || msNow() - (begins[wrong] ?? msNow()) < HOLDS_MS) return
      stoodMs = msNow()
      over.abort()
    })
    const slowMs = Math.min(LONGEST_GAP_MS, msNow() * SLOW_PART)
    await rest(Math.ceil(Math.max(ROUND_GAP_MS, GAP_FACTOR * canary.answerMs, slowMs)))
  }
  over.abort()
  return stoodMs === null ? verdict(all, msNow()) : { kind: 'stands', report: report(all, begins.length, stoodMs) }
}

interface Look extends Pick<WallDeps, 'clock' | 'probe'> {
  readonly sightings: readonly Sighting[]
  readonly msNow: () => number
  readonly signal: AbortSignal
}

/** One round: every address at the same time. Whether all were as they have to be. */
async function lookOnce(round: number, { sightings, msNow, clock, probe, signal }: Look): Promise<boolean> {
  const silence = new AbortController()
  setMaxListeners(0, silence.signal)
  const giveUp = (): void => silence.abort()
  let callOff = (): void => undefined
  signal.addEventListener('abort', giveUp, { once: true })
  // The gateway last: how long it takes is not how long it takes to dial the others.
  const isRight = sightings.toReversed().map(async (one) => {
    const beganAt = clock.now()
    const isGateway = one.what === 'gateway'
    const isOpen = await probe(one.address, isGateway ? signal : silence.signal)
    const tookMs = clock.now() - beganAt
    // Given up, not answered.
    if (signal.aborted && !isOpen) return false
    if (isOpen) {
      one.wasOpen = true
      one.answerMs += (tookMs - one.answerMs) * LATEST_PART
    }
    if (isOpen !== isGateway) {
      one.wrongRound = Math.max(one.wrongRound, round)
      one.wrongMs = msNow()
      one.rightMs = null
      return false
    }
    if (isGateway) callOff = clock.after(Math.max(SHORTEST_SILENCE_MS, SILENCE_FACTOR * tookMs) - tookMs, giveUp)
    one.rightMs ??= msNow()
    return true
  })
  const isGood = (await Promise.all(isRight)).every((right) => right)
  callOff()
  signal.removeEventListener('abort', giveUp)
  return isGood
}

function sighting(what: Sighting['what'], address: HostPort): Sighting {
  return { what, address, wasOpen: false, answerMs: 0, wrongRound: 0, wrongMs: null, rightMs: null }
}

function verdict(sightings: readonly Sighting[], ms: number): Wall {
  const seconds = `${Math.round(ms / 100) / 10} s`
  const open = sightings.filter(
    ({ what, wrongMs }) => what !== 'gateway' && wrongMs !== null && ms - wrongMs <= LATELY_MS,
  )
  if (open.length > 0) {
    const names = open.map(({ what, address }) => addressText(address) + (what === 'canary' ? ' (the canary)' : ''))
    return { kind: 'open', detail: `Still open after ${seconds}: ${names.join(', ')}.` }
  }
  const [gateway] = sightings
  const where = gateway === undefined ? '' : addressText(gateway.address)
  const how = gateway?.wasOpen === true ? 'answered only now and then' : 'did not answer once'
  return { kind: 'blocked', detail: `${where} ${how} in ${seconds}.` }
}

function report(sightings: readonly Sighting[], rounds: number, ms: number): WallReport {
  return {
    ms,
    rounds,
    targets: sightings.map(({ what, address, wasOpen, rightMs }) => ({
      what,
      address: addressText(address),
      wasOpen,
      ms: rightMs ?? ms,
    })),
  }
}
