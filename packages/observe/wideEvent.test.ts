import { Fault } from '@errand/contracts'
import { recordedLog } from '@errand/testkit'
import { describe, expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'
import { wideEvent } from './wideEvent.ts'

describe('a unit of work', () => {
  it('leaves one line with all that was learnt on the way', async () => {
    const { log, lines } = recordedLog()
    const result = await wideEvent({ log, op: 'run.create', fields: { orgId: 'org1' } }, async (event) => {
      event.add({ runId: 'run1' })
      return event.phase('insert', () => Promise.resolve(7))
    })
    expect(result).toBe(7)
    expect(lines()).toHaveLength(1)
    const any = expect.any(Number) as number
    expect(lines()[0]).toMatchObject({
      level: 'info',
      op: 'run.create',
      ok: true,
      ms: any,
      orgId: 'org1',
      runId: 'run1',
      phases: { insert: any },
    })
  })

  const failures = {
    'a wrong request, as information': { error: new Fault('prompt.empty'), level: 'info', code: 'prompt.empty' },
    'our own failure, as an error with its cause': { error: new Error('bug'), level: 'error', code: 'internal.error' },
  }
  for (const [title, { error, level, code }] of Object.entries(failures)) {
    it(`records ${title}, and throws it on`, async () => {
      const { log, lines } = recordedLog()
      await expect(wideEvent({ log, op: 'run.create' }, () => Promise.reject(error))).rejects.toBe(error)
      expect(lines()[0]).toMatchObject({ level, ok: false, code })
      expect('error' in (lines()[0] ?? {})).toBe(level === 'error')
    })
  }
})

describe('metrics', () => {
  it('are a page that Prometheus reads', async () => {
    const metrics = createMetrics()
    metrics.runs({ running: 3 })
    metrics.queueDepth(2)
    metrics.eventsAppended('runner', 5)
    metrics.gatewayRequest({ traffic: 'llm', outcome: 'ok', ms: 30 })
    metrics.driftFound('run')
    const { text } = await metrics.render()
    for (const line of [
      'errand_runs{status="running"} 3',
      'errand_runs{status="queued"} 0',
      'errand_queue_depth 2',
      'errand_events_appended_total{source="runner"} 5',
      'errand_gateway_request_seconds_count{traffic="llm",outcome="ok"} 1',
      'errand_reconcile_drift_total{kind="run"} 1',
    ])
      expect(text).toContain(`${line}\n`)
    expect(text).toMatch(/^errand_event_loop_busy_ratio (0(\.\d+)?|1)$/m)
    expect(text).toMatch(/^errand_nodejs_eventloop_lag_seconds /m)
    // Percentiles of the lag are those of a timer that wakes an idle process a hundred times a second.
    expect(text).not.toMatch(/eventloop_lag_p/)
  })
})
