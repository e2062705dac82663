import type { RunFaultCode, RunEvent, RunEventBody } from '@errand/contracts'
import { describe, expect, test } from 'vitest'
import { plan, type Run, type Seen } from './plan.ts'
import { reduce } from './reduce.ts'
import type { RunState } from './state.ts'
import { isRedundant } from './wake.ts'

const START = Date.UTC(2026, 0, 1)
const at = (ms: number) => new Date(START + ms)

/** A run whose sandbox was made, folded from its events. */
function run(...more: readonly RunEventBody[]): Run {
  const events: readonly RunEventBody[] = [
    { type: 'run.created', agent: 'a', agentVersion: 1, by: 'p', repositories: [], budgetUsd: null },
    { type: 'run.admitted' },
    { type: 'sandbox.started', executor: 'kubernetes', limits: '' },
    ...more,
  ]
  const log: readonly RunEvent[] = events.map((body, index) => ({ seq: index + 1, at: at(0).toISOString(), body }))
  const state = log.reduce<RunState | null>(reduce, null)
  if (state === null) throw new Error('no events')
  return { state, desired: 'done', deadlineAt: at(3_600_000), hasPlace: true }
}

function waits(code: RunFaultCode, detail = 'in the words of the cluster'): Seen {
  return { kind: 'running', since: at(0), waiting: { code, detail } }
}

const told = (code: RunFaultCode): RunEventBody => ({
  type: 'sandbox.waiting',
  code,
  detail: 'in the words of the cluster',
})

describe('a sandbox of which nothing is at work yet', () => {
  test('says why, once', () => {
    const first = plan(run(), waits('cluster.unschedulable'), at(1_000))
    expect(first[0]).toEqual({ do: 'record', event: told('cluster.unschedulable') })
    const again = plan(run(told('cluster.unschedulable')), waits('cluster.unschedulable'), at(2_000))
    expect(again.map((step) => step.do)).toEqual(['look-again'])
  })

  test('shows the reason as what the run does now, and forgets it when the runner reports', () => {
    const { state } = run(told('cluster.quota'))
    expect(state).toMatchObject({ waitingFor: { code: 'cluster.quota' } })
    expect(state.activity).toMatch(/quota/)
    expect(run(told('cluster.quota'), { type: 'runner.started', version: '1' }).state.waitingFor).toBeNull()
    expect(isRedundant(state, told('cluster.quota'))).toBe(true)
  })

  test('says where the cluster has put it, and when its images are there, each once', () => {
    const seen = (images: string | null): Seen => ({ kind: 'running', since: at(0), placed: { node: 'n1', images } })
    const events = (steps: ReturnType<typeof plan>) =>
      steps.flatMap((step) => (step.do === 'record' ? [step.event] : []))
    const first = { type: 'sandbox.placed', node: 'n1' } as const
    const second = { ...first, images: 'on the node already' } as const
    expect(events(plan(run(), seen(null), at(100)))).toEqual([first])
    expect(events(plan(run(first), seen(null), at(200)))).toEqual([])
    expect(events(plan(run(first), seen(second.images), at(300)))).toEqual([second])
    expect(events(plan(run(first, second), seen(second.images), at(400)))).toEqual([])
    expect(isRedundant(run(first, second).state, second)).toBe(true)
  })

  test('is placed also where the runner, or the whole run, was quicker than whoever looks', () => {
    const placed = { node: 'n1', images: 'on the node already' } as const
    const event = { type: 'sandbox.placed', ...placed } as const
    const begun = { type: 'runner.started', version: '1' } as const
    const over = { type: 'run.finished', status: 'succeeded', verdict: 'unverified', sentence: 'Done.' } as const
    const live: Seen = { kind: 'running', since: at(0), placed }
    const exited: Seen = { kind: 'exited', exitCode: 0, isOutOfMemory: false, placed }
    for (const [late, seen] of [
      [run(begun), live],
      [run(begun, over), live],
      [run(begun, over), exited],
    ] as const) {
      expect(plan(late, seen, at(100))[0]).toEqual({ do: 'record', event })
      expect(isRedundant(late.state, event)).toBe(false)
    }
    expect(plan(run(begun, event, over), exited, at(100))[0]).toEqual({ do: 'remove-sandbox' })
    expect(isRedundant(run(begun, over, { type: 'sandbox.gone' }).state, event)).toBe(true)
  })

  test('is ended and not waited for once its run is over, where the cluster tells the end of a process late', () => {
    const over = run({ type: 'run.ended', status: 'failed', code: 'run.lost' })
    const seen: Seen = { kind: 'running', since: at(0), exitGraceMs: 200 }
    expect(plan(over, seen, at(150))).toEqual([{ do: 'look-again', at: at(200) }])
    expect(plan(over, seen, at(200))[0]).toEqual({ do: 'kill-sandbox' })
    expect(plan(over, { kind: 'running', since: at(0) }, at(200))).toEqual([{ do: 'look-again', at: at(450) }])
  })

  test('has what it waited for: that is told, and the runner gets its time to report', () => {
    const steps = plan(run(told('image.slow')), { kind: 'running', since: at(90_000) }, at(91_000))
    expect(steps[0]).toEqual({ do: 'record', event: { type: 'sandbox.waiting', code: null } })
    expect(steps.at(-1)?.do).toBe('look-again')
  })

  test.each<[RunFaultCode, number]>([
    ['cluster.denied', 0],
    ['sandbox.start-error', 45_000],
    ['image.unusable', 20_000],
    ['cluster.unschedulable', 600_000],
    ['cluster.quota', 3_600_000],
  ])('%s ends the run after %i ms and not before, and kills the sandbox', (code, ms) => {
    if (ms > 0) expect(plan(run(told(code)), waits(code), at(ms - 1)).map((step) => step.do)).toEqual(['look-again'])
    const steps = plan(run(told(code)), waits(code), at(ms))
    expect(steps).toContainEqual({
      do: 'record',
      event: { type: 'run.ended', status: 'failed', code, detail: 'in the words of the cluster' },
    })
    expect(steps.map((step) => step.do)).toContain('kill-sandbox')
  })

  test('ends with the reason that the executor knows', () => {
    const seen: Seen = {
      kind: 'exited',
      exitCode: null,
      isOutOfMemory: false,
      code: 'sandbox.evicted',
      detail: 'The node was low on ephemeral-storage.',
    }
    expect(plan(run(), seen, at(5_000))).toEqual([
      {
        do: 'record',
        event: {
          type: 'run.ended',
          status: 'failed',
          code: 'sandbox.evicted',
          detail: 'The node was low on ephemeral-storage.',
        },
      },
    ])
  })
})
