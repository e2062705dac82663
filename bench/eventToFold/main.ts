/**
 * How old an event of a runner is when a subscriber's fold knows it, while many scripted runs are live in their sandboxes:
 * runner, gateway, Postgres, WebSocket and `reduce`, all on this machine's one clock. The peer is a process that takes
 * the same events over a unix socket and sends them on over a WebSocket, and keeps nothing.
 * `npm run bench -- eventToFold [runs] [seconds] [events per run and second]`
 */
import type { RunEvent, RunId } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import { until } from '@errand/testkit'
import type { AppRouter } from '@errand/surfaces'
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type Installed, startInstalled } from '../harness/installed.ts'
import { percentile, report, round } from '../harness/report.ts'
import { measurePeer } from './peer.ts'

const BAR_MS = 100
/** As many at once as one person's script would fire; each is a sandbox to build. */
const FIRED_AT_ONCE = 10
const START_PATIENCE_MS = 240_000
const [runs = 200, seconds = 30, perSecond = 1] = process.argv.slice(2).map(Number)

/** Waits on a pipe that nobody writes to, so that ticking starts no process. */
const SCRIPT = `mkfifo /tmp/tick; exec 3<>/tmp/tick; while :; do echo tick; read -r -t ${1 / perSecond} -u 3; done`

const installed = await startInstalled()
try {
  await installed.api.settings.set.mutate({ maxLiveRuns: runs })
  const ids: RunId[] = []
  while (ids.length < runs) {
    const fired = Array.from({ length: Math.min(FIRED_AT_ONCE, runs - ids.length) }, () => fire(installed))
    ids.push(...(await Promise.all(fired)))
  }
  const watch = watchAll(ids, installed)
  await until(() => watch.live() === runs, { deadlineMs: START_PATIENCE_MS, everyMs: 100, what: `${runs} live runs` })
  watch.agesMs.length = 0
  await delay(seconds * 1000)
  const agesMs = watch.agesMs.slice()
  watch.close()
  const peerMs = await measurePeer({ runs, seconds: Math.min(seconds, 10), perSecond })
  const [value, peer] = [percentile(agesMs, 0.99), percentile(peerMs, 0.99)]
  report({
    bench: 'eventToFold',
    value: round(value, 1),
    peer: round(peer, 1),
    ratio: round(value / peer),
    bar: `p99 ≤ ${BAR_MS} ms at ${runs} live runs`,
    ok: value <= BAR_MS,
    note: `ms; median ${percentile(agesMs, 0.5)} against ${round(percentile(peerMs, 0.5), 1)}; ${round(agesMs.length / seconds, 0)} events a second, each of them watched`,
  })
} finally {
  await installed.errand.remove()
}

async function fire({ api }: Installed): Promise<RunId> {
  return (await api.runs.create.mutate({ prompt: SCRIPT, agent: 'shell', repositories: [] })).runId
}

function watchAll(ids: readonly RunId[], { errand, token }: Installed) {
  const client = createWSClient({
    url: `${errand.url.replace('http', 'ws')}/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: { token },
  })
  const api = createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client })] })
  const states = new Map<RunId, RunState>()
  const ticking = new Set<RunId>()
  const agesMs: number[] = []
  for (const runId of ids) {
    api.runs.watch.subscribe({ runId }, {
      onData: (value: { data: RunEvent }) => {
        const event = value.data
        states.set(runId, reduce(states.get(runId) ?? null, event))
        if (event.body.type !== 'output.appended') return
        ticking.add(runId)
        agesMs.push(Date.now() - Date.parse(event.at))
      },
    } as never)
  }
  return { agesMs, live: () => ticking.size, close: () => void client.close() }
}
