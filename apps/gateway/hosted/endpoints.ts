import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault, type HostedRecipe } from '@errand/contracts'
import { type EngineDeps, type Instance, type InstanceKey, isToEnd, readInstance, wantInstance } from '@errand/engine'

export interface HostedEndpoints {
  /**
   * Where the bridge of a hosted server answers. One that is not there is started, which may take an installation the
   * first time; all callers of the same server wait together. Fault `mcp.install-failed` or `mcp.crashed` with its words.
   */
  endpoint(
    wanted: InstanceKey & { readonly recipe: HostedRecipe },
    signal: AbortSignal,
  ): Promise<{ readonly socketPath: string }>
  /** It did not answer where it was a moment ago: looked for anew. */
  forget(wanted: InstanceKey): void
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

export function hostedEndpoints(engine: EngineDeps): HostedEndpoints {
  const known = new Map<string, { readonly at: number; readonly socketPath: string }>()
  const keyOf = ({ orgId, server, version }: InstanceKey): string => `${orgId} ${server} ${version}`
  return {
    forget: (wanted) => void known.delete(keyOf(wanted)),
    forgetAll: () => known.clear(),
    async endpoint(wanted, signal) {
      const key = keyOf(wanted)
      const before = known.get(key)
      const now = (): number => engine.now().getTime()
      if (before !== undefined && now() - before.at < FRESH_MS) return before
      const socketPath = await untilRunning(wanted, { engine, signal, now })
      const found = { at: now(), socketPath }
      known.set(key, found)
      return found
    },
  }
}

async function untilRunning(
  wanted: InstanceKey & { readonly recipe: HostedRecipe },
  { engine, signal, now }: { engine: EngineDeps; signal: AbortSignal; now: () => number },
): Promise<string> {
  const until = now() + PATIENCE_MS
  let askedAt = now()
  let instance: Instance | undefined = await wantInstance(wanted, engine)
  while (!signal.aborted) {
    const address = instance === undefined ? null : await addressOf(instance, now())
    if (address !== null) return address
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
async function addressOf(instance: Instance, now: number): Promise<string | null> {
  const { state, address, failure, nextAt } = instance
  if (isToEnd(instance)) return null
  if (state === 'running' && address !== null) return (await answers(address)) ? address : null
  const waitMs = (nextAt?.getTime() ?? 0) - now
  if (state !== 'failed' || failure === null || waitMs <= 0) return null
  throw new Fault(failure.code, `${failure.words} It is tried again in ${Math.ceil(waitMs / 1000)} s.`)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    const settle = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })
}
