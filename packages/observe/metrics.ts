import { RUN_STATUSES, type RunStatus } from '@errand/contracts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The numbers that a person would put on a wall. Each call is cheap and never throws. */
export interface Metrics {
  /** How many runs there are that are not over, by status, and how many wait for a place. */
  runs(live: Readonly<Partial<Record<RunStatus, number>>>): void
  queueDepth(waiting: number): void
  eventsAppended(source: 'runner' | 'system', count: number): void
  gatewayRequest(request: { readonly traffic: string; readonly outcome: string; readonly ms: number }): void
  /** The slow resync found something that a wake-up should have told: more than a few an hour means a lost signal. */
  driftFound(kind: string): void
  /** Asked each time the numbers are read: requests to the cluster's API so far, by verb. */
  kubeRequests(read: () => Readonly<Record<string, number>>): void
  /** The page that Prometheus reads. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

const REQUEST_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600]

/** A histogram of the loop's lag wakes a process that does nothing a hundred times a second: it is left to sleep for 24 days. */
const SELDOM_MS = 2 ** 31 - 1
const OF_LAGS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99']

/** One set of numbers; made once where the process is put together. How busy its event loop is, memory and CPU come with it. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  processMetrics(registry)
  const runs = new Gauge({ name: 'errand_runs', help: 'Runs that are not over', labelNames: ['status'], registers })
  const queue = new Gauge({ name: 'errand_queue_depth', help: 'Runs that wait for a place', registers })
  const events = new Counter({
    name: 'errand_events_appended_total',
    help: 'Events appended',
    labelNames: ['source'],
    registers,
  })
  const labelNames = ['traffic', 'outcome'] as const
  const requests = new Histogram({
    name: 'errand_gateway_request_seconds',
    help: 'Requests of sandboxes at the gateway, until the last byte',
    labelNames,
    buckets: REQUEST_SECONDS,
    registers,
  })
  const requestsOf = new Map<string, { observe(seconds: number): void }>()
  const drift = new Counter({
    name: 'errand_reconcile_drift_total',
    help: 'Changes that only the slow resync found',
    labelNames: ['kind'],
    registers,
  })
  return {
    runs: (live) => {
      for (const status of RUN_STATUSES) runs.set({ status }, live[status] ?? 0)
    },
    queueDepth: (waiting) => queue.set(waiting),
    eventsAppended: (source, count) => events.inc({ source }, count),
    gatewayRequest: ({ traffic, outcome, ms }) => {
      const name = `${traffic} ${outcome}`
      let known = requestsOf.get(name)
      if (known === undefined) requestsOf.set(name, (known = requests.labels({ traffic, outcome })))
      known.observe(ms / 1000)
    },
    driftFound: (kind) => drift.inc({ kind }),
    kubeRequests: (read) => {
      new Counter({
        name: 'errand_kube_requests_total',
        help: 'Requests to the cluster’s API',
        labelNames: ['verb'],
        registers,
        collect() {
          this.reset()
          for (const [verb, count] of Object.entries(read())) this.inc({ verb }, count)
        },
      })
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

/** What Node knows of itself, for whoever asks, at no cost while nobody does. */
function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, prefix: 'errand_', eventLoopMonitoringPrecision: SELDOM_MS })
  for (const name of OF_LAGS) registry.removeSingleMetric(`errand_nodejs_eventloop_lag_${name}_seconds`)
  let last = performance.eventLoopUtilization()
  const busy = new Gauge({
    name: 'errand_event_loop_busy_ratio',
    help: 'Share of the time since this was last read in which the event loop was not idle',
    registers: [registry],
    collect: () => {
      const now = performance.eventLoopUtilization()
      busy.set(performance.eventLoopUtilization(now, last).utilization)
      last = now
    },
  })
}
