import type { RunEvent, RunId } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import type { AppRouter } from '@errand/surfaces'
import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { DISCONNECTS } from '../harness/counts.ts'
import { Installation } from '../harness/installation.ts'
import { fired, watched } from '../harness/runs.ts'
import { proves } from '../requirements.ts'

describe('a client that loses its connection', () => {
  let errand: Installation

  beforeAll(async () => {
    errand = await Installation.make()
    await errand.start()
  })
  afterAll(() => errand.remove())

  it(proves('same-fold', `${DISCONNECTS} random disconnects and one kill -9 of the server`), async () => {
    const token = await errand.token()
    const script = `for i in $(seq 1 ${DISCONNECTS * 15}); do echo "line $i"; sleep 0.02; done`
    const runId = (await fired(errand, [script, '--agent', 'shell', '--no-repo'])) as RunId
    const random = seeded(20261122)
    let state: RunState | null = null
    const seqs: number[] = []
    let disconnects = 0

    while (state === null || state.goneAt === null) {
      const budget = disconnects < DISCONNECTS ? 1 + Math.floor(random() * 3) : Number.POSITIVE_INFINITY
      if (disconnects === DISCONNECTS / 2) {
        await errand.kill()
        await errand.start()
      }
      for (const event of await readSome({ url: errand.url, token, runId, after: state?.seq ?? 0, budget })) {
        seqs.push(event.seq)
        state = reduce(state, event)
      }
      disconnects += 1
    }

    expect(disconnects).toBeGreaterThanOrEqual(DISCONNECTS)
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
    const headers = { authorization: `Bearer ${token}` }
    const http = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${errand.url}/trpc`, headers })] })
    expect(state).toEqual((await http.runs.get.query({ runId })).state)
    expect((await watched(errand, runId)).outcome.status).toBe('succeeded')
  })
})

interface Reading {
  readonly url: string
  readonly token: string
  readonly runId: string
  readonly after: number
  readonly budget: number
}

/** Reads up to `budget` events over a connection of its own, then cuts it without a goodbye. */
function readSome({ url, token, runId, after, budget }: Reading): Promise<RunEvent[]> {
  const got: RunEvent[] = []
  const sockets: WebSocket[] = []
  class Cut extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      sockets.push(this)
    }
  }
  const client = createWSClient({
    url: `${url.replace('http', 'ws')}/trpc`,
    WebSocket: Cut as unknown as typeof globalThis.WebSocket,
    connectionParams: { token },
    retryDelayMs: () => 20,
  })
  const api = createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client })] })
  return new Promise((resolve, reject) => {
    const end = () => {
      subscription.unsubscribe()
      for (const socket of sockets) socket.terminate()
      void client.close()
      resolve(got)
    }
    const input = { runId, lastEventId: after === 0 ? null : String(after) } as never
    const subscription = api.runs.watch.subscribe(input, {
      onData: (value) => {
        if (got.length >= budget) return
        got.push((value as unknown as { data: RunEvent }).data)
        if (got.length >= budget) end()
      },
      onComplete: end,
      onError: reject,
    })
  })
}

/** A small random generator with a seed: a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
