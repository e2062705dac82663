import { askForHost, type EngineDeps, readHostWord } from '@errand/engine'
import type { RunRecorder } from '../runRecorder.ts'
import type { ConnectDeps } from './connect.ts'
import type { EgressDeps } from './egressDeps.ts'
import { heldHosts } from './heldHosts.ts'
import { orgNetworkReader } from './readOrgNetwork.ts'

/** A tunnel through which nothing went for this long is closed. */
const TUNNEL_IDLE_MS = 15 * 60_000

interface EgressParts {
  readonly engine: EngineDeps
  readonly network: ConnectDeps
  readonly recorder: RunRecorder
}

/** All that egress traffic needs, over the engine's use cases. */
export function createEgressDeps({ engine, network, recorder }: EgressParts): EgressDeps {
  return {
    network,
    recorder,
    readOrgNetwork: orgNetworkReader(engine),
    heldHosts: heldHosts({
      ask: (question) => askForHost(question, engine),
      read: (asked) => readHostWord(asked, engine),
      feed: engine.feed,
    }),
    idleMs: TUNNEL_IDLE_MS,
  }
}
