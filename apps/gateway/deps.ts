import type { RunId } from '@errand/contracts'
import type { EngineDeps } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Opener } from '@errand/vault/open'
import type { GatewayConfig } from './config.ts'

/** Built once by `startGateway`; each traffic adds what only it needs under its own name. */
export interface GatewayDeps {
  /** Handed on to every use case of `@errand/engine`. */
  readonly engine: EngineDeps
  /** The only thing in Errand that opens a sealed secret. */
  readonly opener: Opener
  readonly config: GatewayConfig
  readonly log: Logger
  readonly now: () => Date
}
