import type { EngineDeps } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { CHANNELS, type Listener } from '@errand/store'
import type { Opener } from '@errand/vault/open'
import { type GatewayConfig, GATEWAY_DEFAULTS } from './config.ts'
import type { GatewayDeps } from './deps.ts'
import { systemNetwork } from './egress/connect.ts'
import { remoteDispatchers } from './git/askRemote.ts'
import { listenOnSocket, removeStale } from './listenOnSocket.ts'
import { createSpending } from './llm/spending.ts'
import { createUpstreams } from './llm/upstreams.ts'
import { createCredentialOpener } from './openCredential.ts'
import { answerRequests } from './requests/answerRequests.ts'
import { createGatewayServer } from './server.ts'

export type { GatewayConfig } from './config.ts'
export { ensureDemoRepository } from './demo/ensureDemoRepository.ts'

export interface StartDeps {
  readonly engine: EngineDeps
  readonly opener: Opener
  readonly listener: Pick<Listener, 'hear'>
  readonly log: Logger
  readonly now: () => Date
}

export type StartConfig = Pick<GatewayConfig, 'socketPath'> & Partial<GatewayConfig>

export interface Gateway {
  readonly socketPath: string
  /** Refuses what waits, cuts what streams, gives up the socket. Runners try again until another gateway is there. */
  close(): Promise<void>
}

/** Starts a gateway on a unix socket. Resolves when it answers. */
export async function startGateway(
  options: StartConfig,
  { engine, opener, listener, log, now }: StartDeps,
): Promise<Gateway> {
  const config: GatewayConfig = { ...GATEWAY_DEFAULTS, ...options }
  const upstreams = createUpstreams()
  const dispatchers = remoteDispatchers(systemNetwork)
  const deps: GatewayDeps = {
    engine,
    config,
    log: log.child({ part: 'gateway' }),
    now,
    credentials: createCredentialOpener({ opener, keepMs: config.credentialKeepMs, now }),
    upstreams,
    spending: createSpending(),
    budgetsReached: new Set(),
    git: { dispatchers },
    removeRepository: async () => undefined,
  }
  const gateway = createGatewayServer(deps)
  const requests = answerRequests(deps)
  const unhear = await listener.hear(CHANNELS.gatewayRequests, {
    onPayload: () => requests.wake(),
    onMissed: () => requests.wake(),
  })
  await listenOnSocket(gateway.server, config.socketPath)
  return {
    socketPath: config.socketPath,
    async close() {
      unhear()
      const closed = new Promise<void>((resolve) => gateway.server.close(() => resolve()))
      // Requests that are under way may still want an upstream: they end first.
      await Promise.all([requests.close(), gateway.stopCalls()])
      gateway.server.closeAllConnections()
      await closed
      await Promise.all([upstreams.close(), dispatchers.close()])
      await removeStale(config.socketPath)
    },
  }
}
