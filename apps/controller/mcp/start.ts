import { setTimeout as delay } from 'node:timers/promises'
import type { InstanceId } from '@errand/contracts'
import { type EngineDeps, forgetUnusedInstances, holdInstances, type Instance } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Executor } from '@errand/sandbox'
import { every } from '../loops/every.ts'
import type { HostedDeps, HostedPlace, PlaceDeps } from './hosted.ts'
import { lookAfter } from './hostedServers.ts'
import { Bundles } from './machine/bundles.ts'
import type { HostedDoors } from './machine/machineDeps.ts'
import { machinePlace } from './machine/machinePlace.ts'
import { findTools, type Tools } from './machine/tools.ts'

/** Begins to hear that hosted servers are wanted; gives the way to stop. */
export type HearInstances = (hearer: {
  readonly onPayload: () => void
  readonly onMissed: () => void
}) => Promise<() => void>

export interface HostedConfig {
  readonly bundlesFolder: string
  readonly bridgePath: string
  readonly searchPath: string
}

export interface HostedServers {
  /** Ends the loop; what is under way ends first. Servers go on. */
  close(): Promise<void>
  /** Ends the loop and every server. */
  stopAll(): Promise<void>
}

interface Given {
  readonly engine: EngineDeps
  readonly log: Logger
  readonly hear: HearInstances
}

const LOOK_MS = 2_000
const TIDY_MS = 3_600_000
/** An installation that has just ended may not be named yet. */
const FRESH_MS = 3_600_000

/** Looks after the hosted MCP servers of this machine. */
export function startHostedServers(
  config: HostedConfig,
  given: Given & { readonly executor: Executor<'instance'>; readonly doors: HostedDoors },
): Promise<HostedServers> {
  const { executor, doors } = given
  let tools: Promise<Tools> | undefined
  const bundles = new Bundles(config.bundlesFolder)
  const { bridgePath } = config
  const place = (deps: PlaceDeps) =>
    machinePlace({
      ...deps,
      executor,
      doors,
      bundles,
      bridgePath,
      tools: () => (tools ??= findTools(config.searchPath)),
    })
  // One process has the data folder, and the next one goes on at once.
  return lookAfterServers({ ...given, holder: 'this machine', place })
}

/** At every wake-up, and now and then anyway. `holder`: as whom, where several share the work. */
export async function lookAfterServers(
  given: Given & { readonly holder: string; readonly place: (deps: PlaceDeps) => HostedPlace },
): Promise<HostedServers> {
  const { engine, log, hear, holder } = given
  const stopping = new AbortController()
  const placeDeps = { engine, log, delay: (ms: number) => delay(ms), stopping: stopping.signal }
  const place = given.place(placeDeps)
  const { pass, settled } = passes(holder, { ...placeDeps, place })
  const wake = (): void =>
    void pass().catch((error: unknown) =>
      log.warn({ op: 'mcp.pass', ok: false, error }, 'hosted MCP servers could not be read'),
    )
  const stopHearing = await hear({ onPayload: wake, onMissed: wake })
  const exits = place.onExit(wake)
  const pausing = { log, delay: (ms: number, wait?: { readonly signal?: AbortSignal }) => delay(ms, undefined, wait) }
  const loop = every({ op: 'mcp.look', ms: LOOK_MS }, pass, pausing)
  const tidying = every({ op: 'mcp.tidy', ms: TIDY_MS }, () => tidy({ engine, place }), pausing)
  const close = async (): Promise<void> => {
    exits.close()
    stopHearing()
    stopping.abort()
    await Promise.all([loop.close(), tidying.close()])
    await settled()
  }
  return {
    close,
    async stopAll() {
      await close()
      for (const id of await place.list()) await place.takeAway(id)
    },
  }
}

/** What nobody will ask for again is forgotten, and what was installed for it deleted. */
async function tidy({ engine, place }: Pick<HostedDeps, 'engine' | 'place'>): Promise<void> {
  const used = await forgetUnusedInstances(engine)
  await place.sweep({ used, before: new Date(engine.now().getTime() - FRESH_MS) })
}

/** One look at all of them; each is looked after by itself, once at a time. */
function passes(holder: string, deps: HostedDeps): { pass: () => Promise<void>; settled: () => Promise<unknown> } {
  const { engine, place, log } = deps
  const underWay = new Map<InstanceId, Promise<void>>()
  const begin = (instance: Instance): void => {
    if (underWay.has(instance.id) || deps.stopping.aborted) return
    const work = lookAfter(instance, deps)
      .catch((error: unknown) =>
        log.warn(
          { op: 'mcp.look', ok: false, instance: instance.id, error },
          'a hosted MCP server could not be looked after',
        ),
      )
      .finally(() => underWay.delete(instance.id))
    underWay.set(instance.id, work)
  }
  const pass = async (): Promise<void> => {
    const instances = await holdInstances(holder, engine)
    for (const instance of instances) begin(instance)
    await place.tidy(new Set([...instances.map(({ id }) => id), ...underWay.keys()]))
  }
  return { pass, settled: () => Promise.all(underWay.values()) }
}
