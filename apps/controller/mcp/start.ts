import { setTimeout as delay } from 'node:timers/promises'
import type { InstanceId } from '@errand/contracts'
import { type EngineDeps, forgetUnusedInstances, type Instance, listLiveInstances } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Executor } from '@errand/sandbox'
import { every } from '../loops/every.ts'
import { Bundles } from './bundles.ts'
import { type HostedDeps, type HostedDoors, takeAway } from './hosted.ts'
import { lookAfter } from './hostedServers.ts'
import { findTools, type Tools } from './tools.ts'

export type { HostedDoors } from './hosted.ts'

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

const LOOK_MS = 2_000
const TIDY_MS = 3_600_000
/** An installation that has just ended may not be named yet. */
const FRESH_MS = 3_600_000

/** Looks after the hosted MCP servers of this machine: at every wake-up, and now and then anyway. */
export async function startHostedServers(
  config: HostedConfig,
  given: {
    readonly engine: EngineDeps
    readonly executor: Executor<'instance'>
    readonly doors: HostedDoors
    readonly log: Logger
    readonly hear: HearInstances
  },
): Promise<HostedServers> {
  const { executor, log, hear } = given
  let tools: Promise<Tools> | undefined
  const stopping = new AbortController()
  const deps: HostedDeps = {
    ...given,
    delay: (ms) => delay(ms),
    stopping: stopping.signal,
    tools: () => (tools ??= findTools(config.searchPath)),
    bundles: new Bundles(config.bundlesFolder),
    bridgePath: config.bridgePath,
  }
  const { pass, settled } = passes(deps)
  const wake = (): void =>
    void pass().catch((error: unknown) =>
      log.warn({ op: 'mcp.pass', ok: false, error }, 'hosted MCP servers could not be read'),
    )
  const stopHearing = await hear({ onPayload: wake, onMissed: wake })
  const exits = executor.onExit(wake)
  const pausing = { log, delay: (ms: number, wait?: { readonly signal?: AbortSignal }) => delay(ms, undefined, wait) }
  const loop = every({ op: 'mcp.look', ms: LOOK_MS }, pass, pausing)
  const tidying = every({ op: 'mcp.tidy', ms: TIDY_MS }, () => tidy(deps), pausing)
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
      for (const id of await executor.list()) await takeAway(id, deps)
    },
  }
}

/** What nobody will ask for again is forgotten, and what was installed for it deleted. */
async function tidy({ engine, bundles }: HostedDeps): Promise<void> {
  const used = await forgetUnusedInstances(engine)
  await bundles.sweep({ used, before: new Date(engine.now().getTime() - FRESH_MS) })
}

/** One look at all of them; each is looked after by itself, once at a time. */
function passes(deps: HostedDeps): { pass: () => Promise<void>; settled: () => Promise<unknown> } {
  const { engine, executor, log } = deps
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
    const instances = await listLiveInstances(engine)
    const known = new Set(instances.map(({ id }) => id))
    for (const instance of instances) begin(instance)
    for (const id of await executor.list()) if (!known.has(id) && !underWay.has(id)) await takeAway(id, deps)
    await executor.tidy()
  }
  return { pass, settled: () => Promise.all(underWay.values()) }
}
