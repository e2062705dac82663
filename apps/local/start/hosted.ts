import { type HearInstances, type HostedServers, startHostedServers } from '@errand/controller-app'
import type { EngineDeps } from '@errand/engine'
import type { Gateway } from '@errand/gateway-app'
import type { Logger, StartPart } from '@errand/observe'
import { detectLimiter, localExecutor } from '@errand/sandbox'
import { CHANNELS, type Listener } from '@errand/store'
import type { LocalConfig } from '../config.ts'
import type { DataFolder } from './dataFolder.ts'

export interface HostedGiven {
  readonly part: StartPart
  readonly log: Logger
  readonly now: () => Date
  readonly engine: EngineDeps
  readonly gateway: Gateway
  readonly listener: Pick<Listener, 'hear'>
}

/** Hosted MCP servers in sandboxes of this machine. */
export async function openHosted(config: LocalConfig, folder: DataFolder, given: HostedGiven): Promise<HostedServers> {
  const { part, log, now, engine, gateway, listener } = given
  const { claudePath, runnerPath, bridgePath, searchPath } = config
  const uids = splitUids(config.uids).hosted
  const places = { folder: folder.hosted, nodePath: process.execPath, claudePath, runnerPath, uids }
  const executor = await part({
    name: 'hosted sandboxes',
    start: () =>
      Promise.resolve(
        localExecutor(
          { holds: 'instance', ...places },
          {
            log: log.child({ part: 'sandbox' }),
            now,
            limiter: detectLimiter(),
            isRoot: process.getuid?.() === 0,
          },
        ),
      ),
    close: (opened) => opened.close(),
  })
  const hear: HearInstances = (hearer) => listener.hear(CHANNELS.instanceWake, hearer)
  return part({
    name: 'hosted MCP servers',
    start: () =>
      startHostedServers(
        { bundlesFolder: folder.bundles, bridgePath, searchPath },
        { engine, executor, doors: gateway.hostedDoors, log: log.child({ part: 'controller' }), hear },
      ),
    close: (opened) => opened.stopAll(),
  })
}

interface Uids {
  readonly first: number
  readonly last: number
}

/** Runs and hosted servers never bear the same uid, so they have ranges of their own. */
export function splitUids({ first, last }: Uids): { readonly runs: Uids; readonly hosted: Uids } {
  const tenth = Math.floor((last - first + 1) / 10)
  if (tenth === 0) return { runs: { first, last }, hosted: { first, last } }
  return { runs: { first, last: last - tenth }, hosted: { first: last - tenth + 1, last } }
}
