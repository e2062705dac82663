import type { RunEvent, RunEventBody, RunnerEvent } from '@errand/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deadlineOf } from './asking.ts'
import { DEADLINE_GRACE_MS, plan, type Run, type Seen, type Step } from './plan.ts'
import { reduce } from './reduce.ts'
import { isTerminal, type RunState } from './state.ts'
import { isRedundant } from './wake.ts'

/**
 * A whole small world around one run: its log, its sandbox, a controller that looks, plans and performs, and that may
 * die after any step or act on what it saw long ago. Nothing here knows the rules: they are `plan` and `reduce` alone.
 */
const START = Date.UTC(2026, 0, 1)
const DEADLINE_MS = 600_000
const ANSWER_MS = 50_000

type Move =
  | { readonly do: 'reconcile'; readonly diesAfter: number }
  /** A controller that looked, and performs only later what it decided then. */
  | { readonly do: 'decide' }
  | { readonly do: 'perform-late' }
  | { readonly do: 'give-place' }
  | { readonly do: 'cancel' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'runner-speaks' }
  /** Two questions may be open at once; one that was settled may be asked again. */
  | { readonly do: 'runner-asks'; readonly id: string }
  | { readonly do: 'person-answers'; readonly id: string }
  | { readonly do: 'runner-finishes'; readonly status: 'succeeded' | 'failed' | 'cancelled' }
  | { readonly do: 'sandbox-dies'; readonly isOutOfMemory: boolean }
  | { readonly do: 'machine-restarts' }
  /** The next sandbox is started, and the word of it is lost. */
  | { readonly do: 'forget-start' }

const RUNNER_WORDS: readonly RunnerEvent[] = [
  { type: 'runner.started', version: '1' },
  { type: 'step.started', step: 'clone' },
  { type: 'step.finished', step: 'clone', ok: true, ms: 5 },
  { type: 'agent.started' },
  { type: 'text.appended', text: 'Looking.' },
  { type: 'step.started', step: 'verify' },
]

class World {
  readonly log: RunEvent[] = []
  readonly started: { wasOver: boolean; hadOneAndLostIt: boolean }[] = []
  nowMs = START
  desired: Run['desired'] = 'done'
  hasPlace = false
  seen: Seen = { kind: 'nothing' }
  said = 0
  late: readonly Step[] = []
  forgetsStart = false

  constructor() {
    this.append({ type: 'run.created', agent: 'a', agentVersion: 1, by: 'p', repositories: [], budgetUsd: null })
  }

  get state(): RunState {
    const state = this.log.reduce<RunState | null>(reduce, null)
    if (state === null) throw new Error('a run starts with run.created')
    return state
  }

  get isSettled(): boolean {
    return this.state.goneAt !== null && this.seen.kind === 'nothing'
  }

  append(body: RunEventBody): void {
    const before = this.log.reduce<RunState | null>(reduce, null)
    if (before !== null && isRedundant(before, body)) return
    this.log.push({ seq: this.log.length + 1, at: new Date(this.nowMs).toISOString(), body })
  }

  decide(): readonly Step[] {
    const deadlineAt = new Date(START + DEADLINE_MS)
    return plan(
      { state: this.state, desired: this.desired, deadlineAt, hasPlace: this.hasPlace },
      this.seen,
      new Date(this.nowMs),
    )
  }

  perform(step: Step): void {
    switch (step.do) {
      case 'record':
        return this.append(step.event)
      case 'start-sandbox':
        if (this.seen.kind !== 'nothing') return
        this.started.push({
          wasOver: isTerminal(this.state.status),
          hadOneAndLostIt: this.state.sandboxStartedAt !== null || this.state.runnerStartedAt !== null,
        })
        this.seen = { kind: 'running', since: new Date(this.nowMs) }
        if (!this.forgetsStart) this.append({ type: 'sandbox.started', executor: 'local', limits: 'all' })
        this.forgetsStart = false
        return
      case 'kill-sandbox':
        if (this.seen.kind === 'running') this.seen = { kind: 'exited', exitCode: 137, isOutOfMemory: false }
        return
      case 'remove-sandbox':
        if (this.seen.kind === 'exited') this.seen = { kind: 'nothing' }
        return
      case 'look-again':
        return
    }
  }

  reconcile(diesAfter = Infinity): void {
    const steps = this.decide()
    steps.forEach((step, index) => {
      // What is recorded before a start is written with it, or after a moment.
      const isForgotten = this.forgetsStart && step.do === 'record' && steps[index + 1]?.do === 'start-sandbox'
      if (index < diesAfter && !isForgotten) this.perform(step)
    })
  }

  make(move: Move): void {
    switch (move.do) {
      case 'reconcile':
        return this.reconcile(move.diesAfter)
      case 'decide':
        this.late = this.decide()
        return
      case 'perform-late':
        // The lease is with another by now: what a fenced controller may still do is kill and remove, never start.
        this.late
          .filter((step) => step.do === 'record' && step.event.type === 'run.ended')
          .forEach((step) => this.perform(step))
        this.late = []
        return
      case 'give-place':
        this.hasPlace = true
        return
      case 'cancel':
        if (isTerminal(this.state.status)) return
        this.desired = 'cancelled'
        this.append({ type: 'cancel.requested', by: 'p' })
        return
      case 'wait':
        this.nowMs += move.ms
        return
      case 'runner-speaks':
        return this.speak()
      case 'runner-asks':
        if (this.seen.kind === 'running' && this.state.runnerStartedAt !== null) this.ask(move.id)
        return
      case 'person-answers':
        return this.append({ type: 'question.answered', id: move.id, answer: 'allow-once', by: 'p' })
      case 'runner-finishes':
        if (this.seen.kind !== 'running' || this.state.runnerStartedAt === null) return
        this.append({ type: 'run.finished', status: move.status, verdict: 'unverified', sentence: 'Done.' })
        return
      case 'sandbox-dies':
        if (this.seen.kind === 'running') this.seen = { kind: 'exited', exitCode: 1, isOutOfMemory: move.isOutOfMemory }
        return
      case 'machine-restarts':
        this.seen = { kind: 'nothing' }
        return
      case 'forget-start':
        this.forgetsStart = true
        return
    }
  }

  private ask(id: string): void {
    const expiresAt = new Date(this.nowMs + ANSWER_MS).toISOString()
    this.append({ type: 'question.asked', id, tool: 'Bash', target: 'make', input: '{}', expiresAt })
  }

  private speak(): void {
    const body = RUNNER_WORDS[this.said]
    if (this.seen.kind !== 'running' || body === undefined) return
    this.said++
    this.append(body)
  }
}

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('reconcile' as const), diesAfter: fc.constantFrom(0, 1, 2, 3, 9) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'decide' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'perform-late' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'give-place' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 20_000, 70_000, 700_000) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'runner-speaks' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('runner-asks' as const, 'person-answers' as const),
      id: fc.constantFrom('a', 'b'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('runner-finishes' as const),
      status: fc.constantFrom('succeeded' as const, 'failed' as const, 'cancelled' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sandbox-dies' as const), isOutOfMemory: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'machine-restarts' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'forget-start' as const }) },
)
const history = fc.array(move, { maxLength: 80 })

/** What a live controller makes of it when the clock goes on and nobody interferes any more. */
function settle(world: World): void {
  world.hasPlace = true
  for (let round = 0; round < 400 && !world.isSettled; round++) {
    world.reconcile()
    world.nowMs += 5_000
  }
}

function lived(moves: readonly Move[]): World {
  const world = new World()
  for (const one of moves) world.make(one)
  settle(world)
  return world
}

const runs = { numRuns: 500 }

test('every history ends: one outcome, its sandbox gone, nothing left to do', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const world = lived(moves)
      expect(world.isSettled).toBe(true)
      expect(isTerminal(world.state.status)).toBe(true)
      expect(world.log.filter(({ body }) => body.type === 'run.finished' || body.type === 'run.ended')).toHaveLength(1)
      expect(world.log.filter(({ body }) => body.type === 'sandbox.gone')).toHaveLength(1)
      expect(world.decide()).toEqual([])
    }),
    runs,
  )
})

test('no sandbox is started for a run that is over, nor again for one that had its runner', () => {
  fc.assert(
    fc.property(history, (moves) => {
      for (const start of lived(moves).started) expect(start).toEqual({ wasOver: false, hadOneAndLostIt: false })
    }),
    runs,
  )
})

test('a run waits exactly while a question is open, and each question is settled once', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const { log } = lived(moves)
      let state: RunState | null = null
      const open = new Set<string>()
      for (const event of log) {
        state = reduce(state, event)
        const { body } = event
        if (body.type === 'question.asked') open.add(body.id)
        if (body.type === 'question.answered' || body.type === 'question.expired')
          expect(open.delete(body.id)).toBe(true)
        if (isTerminal(state.status)) open.clear()
        expect(state.questions.map(({ id }) => id).toSorted()).toEqual([...open].toSorted())
        expect(state.status === 'waiting').toBe(open.size > 0)
        expect(state.waitingSince === null).toBe(open.size === 0)
      }
    }),
    runs,
  )
})

test('the log has no gap and a terminal status absorbs', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const { log } = lived(moves)
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
      let state: RunState | null = null
      for (const event of log) {
        const next = reduce(state, event)
        if (state !== null && isTerminal(state.status)) {
          expect({ status: next.status, code: next.code, sentence: next.sentence, endedAt: next.endedAt }).toEqual({
            status: state.status,
            code: state.code,
            sentence: state.sentence,
            endedAt: state.endedAt,
          })
        }
        state = next
      }
    }),
    runs,
  )
})

test('an outcome that was asked for is what it says: cancelled by a person, or by the runner itself', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const world = lived(moves)
      if (world.state.status !== 'cancelled') return
      const isFromRunner = world.log.some(({ body }) => body.type === 'run.finished' && body.status === 'cancelled')
      expect(world.desired === 'cancelled' || isFromRunner).toBe(true)
    }),
    runs,
  )
})

test('a reconcile that comes twice, with nothing in between, changes nothing the second time', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const world = new World()
      for (const one of moves) world.make(one)
      for (let round = 0; round < 8; round++) world.reconcile()
      const before = { events: world.log.length, seen: world.seen }
      world.reconcile()
      expect({ events: world.log.length, seen: world.seen }).toEqual(before)
    }),
    runs,
  )
})

test('however it hangs, a run is over soon after its deadline, which stands still while it waits', () => {
  fc.assert(
    fc.property(history, (moves) => {
      const world = new World()
      for (const one of moves) world.make(one)
      // What nobody answers expires, and no run waits for ever.
      world.nowMs += ANSWER_MS
      for (let round = 0; round < 4; round++) world.reconcile()
      const now = new Date(world.nowMs)
      const deadline = deadlineOf(world.state, { deadlineAt: new Date(START + DEADLINE_MS), now })
      world.nowMs = Math.max(world.nowMs, deadline.getTime() + DEADLINE_GRACE_MS + 1)
      for (let round = 0; round < 8; round++) world.reconcile()
      expect(isTerminal(world.state.status)).toBe(true)
    }),
    runs,
  )
})

test('any cut of the log folds to the same state, in one go or event by event, once or again', () => {
  fc.assert(
    fc.property(history, fc.nat(200), (moves, cut) => {
      const { log, state } = lived(moves)
      const half = log.slice(0, cut).reduce<RunState | null>(reduce, null)
      // The overlap is what a reconnect sends twice.
      expect(log.slice(Math.max(0, cut - 3)).reduce<RunState | null>(reduce, half)).toEqual(state)
    }),
    runs,
  )
})
