import type { RunEvent, RunId } from '@errand/contracts'
import type { AppRouter } from '@errand/surfaces'
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError, EXIT } from '../exit.ts'
import type { Errand } from './errand.ts'

export interface Watching {
  readonly onEvent: (event: RunEvent) => void
  /** The connection is gone and is being made again, or is there again. Nothing is lost in between. */
  readonly onConnection: (state: 'reconnecting' | 'connected') => void
  readonly signal: AbortSignal
}

/** How long a server may be away before we give up on it. */
const PATIENCE_MS = 10 * 60_000
const SLOWEST_RETRY_MS = 2_000

/**
 * Gives every event of a run from the first on, each once and in order, until the run is over and its sandbox gone, or
 * `signal` aborts. A server that goes away and comes back is picked up again by sequence number.
 */
export async function watchRun(errand: Errand, runId: RunId, watching: Watching): Promise<void> {
  let seq = 0
  const onEvent = (event: RunEvent) => {
    if (event.seq <= seq) return
    seq = event.seq
    watching.onEvent(event)
  }
  while (!watching.signal.aborted) {
    await subscribe(errand, { runId, lastEventId: String(seq) }, { ...watching, onEvent })
    if (watching.signal.aborted || (await isGone(errand, runId, watching.signal))) return
    // The subscription was ended by a server that stops, not by the run.
    await sleep(200)
  }
}

async function isGone(errand: Errand, runId: RunId, signal: AbortSignal): Promise<boolean> {
  const run = await untilReached(() => errand.api.runs.get.query({ runId }), signal)
  return run.state.goneAt !== null
}

/** Repeats a question while no answer comes, with patience; a refusal is an answer. */
export async function untilReached<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { isUnreachable } = await import('./explain.ts')
  const giveUpAt = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnreachable(error) || signal.aborted || Date.now() > giveUpAt) throw error
      await sleep(500)
    }
  }
}

function subscribe(errand: Errand, input: { runId: RunId; lastEventId: string }, watching: Watching): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let awaySince: number | null = null
    const socket = createWSClient({
      url: `${errand.place.address.replace(/^http/, 'ws')}/trpc`,
      connectionParams: { token: errand.place.token },
      keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
      retryDelayMs: (attempt) => Math.min(100 * 2 ** attempt, SLOWEST_RETRY_MS),
    })
    const end = (finish: () => void) => {
      watching.signal.removeEventListener('abort', onAbort)
      // It reports its own failure to close by never connecting again, which is what is wanted.
      void socket.close().finally(finish)
    }
    const onAbort = () => end(resolve)
    watching.signal.addEventListener('abort', onAbort, { once: true })
    const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] })
    client.runs.watch.subscribe(input, {
      onData: ({ data }) => watching.onEvent(data),
      onError: (error) => end(() => reject(error)),
      onComplete: () => end(resolve),
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending' && awaySince !== null) {
          awaySince = null
          watching.onConnection('connected')
        }
        // The very first connection is 'connecting' too, without an error.
        if (state !== 'connecting' || error === null) return
        if (awaySince === null) watching.onConnection('reconnecting')
        awaySince ??= Date.now()
        if (Date.now() - awaySince > PATIENCE_MS)
          end(() =>
            reject(
              new CliError(
                EXIT.unreachable,
                'Errand did not come back.',
                'The run is in its log: `errand watch` it when Errand runs again.',
              ),
            ),
          )
      },
    })
  })
}
