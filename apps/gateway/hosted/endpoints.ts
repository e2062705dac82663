import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault, type HostedRecipe } from '@errand/contracts'
import { type EngineDeps, type Instance, type InstanceKey, isToEnd, readInstance, wantInstance } from '@errand/engine'

/** A socket of this machine; on a cluster a pod's address, and what its bridge wants to be shown. */
export type HostedEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'pod'; readonly url: string; readonly key: string }

export interface HostedEndpoints {
  /**
   * Where the bridge of a hosted server answers. One that is not there is started, which may take an installation the
   * first time; all callers of the same server wait together. Fault `mcp.install-failed` or `mcp.crashed` with its words.
   */
  endpoint(wanted: InstanceKey & { readonly recipe: HostedRecipe }, signal: AbortSignal): Promise<HostedEndpoint>
  /** It did not answer where it was a moment ago: looked for anew. */
  forget(wanted: InstanceKey): void
  /** Why one that broke off in the middle of an answer has ended, in words; null where it has not, as far as is known a moment later. */
  whyEnded(wanted: InstanceKey, signal: AbortSignal): Promise<string | null>
  /** Something was stopped or asked for: everything is looked for anew. */
  forgetAll(): void
}

/** What was there a moment ago is there. */
const FRESH_MS = 2_000
const POLL_MS = 50
/** Whoever waits says so again, in case it ended in between. */
const ASK_AGAIN_MS = 1_000
/** A large package over a slow line. */
const PATIENCE_MS = 5 * 60_000
/** A cluster says within two seconds why a container is gone. */
const WHY_MS = 3_000

export function hostedEndpoints(engine: EngineDeps): HostedEndpoints {
  const known = new Map<string, { readonly at: number; readonly endpoint: HostedEndpoint }>()
  const keyOf = ({ orgId, server, version }: InstanceKey): string => `${orgId} ${server} ${version}`
  return {
    forget: (wanted) => void known.delete(keyOf(wanted)),
    forgetAll: () => known.clear(),
    async whyEnded(wanted, signal) {
      known.delete(keyOf(wanted))
      const until = engine.now().getTime() + WHY_MS
      while (!signal.aborted && engine.now().getTime() < until) {
        const { state, failure } = (await readInstance(wanted, engine)) ?? { state: 'stopped', failure: null }
        if (state === 'failed') return failure?.words ?? null
        if (state === 'stopped') return null
        await delay(POLL_MS)
      }
      return null
    },
    async endpoint(wanted, signal) {
      const key = keyOf(wanted)
      const before = known.get(key)
      const now = (): number => engine.now().getTime()
      if (before !== undefined && now() - before.at < FRESH_MS) return before.endpoint
      const endpoint = await untilRunning(wanted, { engine, signal, now })
      known.set(key, { at: now(), endpoint })
      return endpoint
    },
  }
}

async function untilRunning(
  wanted: InstanceKey & { readonly recipe: HostedRecipe },
  { engine, signal, now }: { engine: EngineDeps; signal: AbortSignal; now: () => number },
): Promise<HostedEndpoint> {
  const until = now() + PATIENCE_MS
  let askedAt = now()
  let instance: Instance | undefined = await wantInstance(wanted, engine)
  while (!signal.aborted) {
    const endpoint = instance === undefined ? null : await endpointOf(instance, now())
    if (endpoint !== null) return endpoint
    if (now() > until) throw new Fault('mcp.crashed', 'It is not up after five minutes.')
    await delay(POLL_MS)
    if (now() - askedAt < ASK_AGAIN_MS) instance = await readInstance(wanted, engine)
    else {
      askedAt = now()
      instance = await wantInstance(wanted, engine)
    }
  }
  throw signal.reason
}

/** Null: not yet. */
async function endpointOf(instance: Instance, now: number): Promise<HostedEndpoint | null> {
  const { state, address, tokenHash, failure, nextAt } = instance
  if (isToEnd(instance)) return null
  if (state === 'running' && address !== null) {
    const endpoint: HostedEndpoint = address.startsWith('/')
      ? { kind: 'socket', path: address }
      : { kind: 'pod', url: address, key: tokenHash ?? '' }
    return (await answers(endpoint)) ? endpoint : null
  }
  const waitMs = (nextAt?.getTime() ?? 0) - now
  if (state !== 'failed' || failure === null || waitMs <= 0) return null
  // Its own last words are no sentence mostly.
  const words = /[.!?]$/.test(failure.words) ? failure.words : `${failure.words}.`
  throw new Fault(failure.code, `${words} It is tried again in ${Math.ceil(waitMs / 1000)} s.`)
}

const CONNECT_MS = 2_000

function answers(endpoint: HostedEndpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoint.kind === 'socket' ? { path: endpoint.path } : addressOf(endpoint.url))
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('nobody answered')))
    const settle = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}
