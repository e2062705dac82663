import type { RunSpec } from '@errand/contracts'
import { GIT_IDENTITY } from './git.ts'
import { gitConfigEnv, type Rewrite, rewriteSettings } from './remotes.ts'

export interface AgentPlaces {
  readonly home: string
  readonly path: string
  /** `http://127.0.0.1:<port>` of the forwarder. */
  readonly origin: string
  readonly workspace: string
  /** Where files go that are to come back as artifacts. */
  readonly artifacts: string
  readonly rewrites: readonly Rewrite[]
}

const NO_PROXY = '127.0.0.1,localhost,::1'

/**
 * The whole environment of everything that runs for the agent: built from nothing, so it holds neither a secret nor a
 * variable of the machine's. What the runner needs for its walls comes last and cannot be set otherwise.
 */
export function agentEnv(spec: Pick<RunSpec, 'runId' | 'env'>, places: AgentPlaces): Record<string, string> {
  const { home, path, origin, workspace, artifacts, rewrites } = places
  const settings: (readonly [string, string])[] = [
    ['safe.directory', '*'],
    ['user.name', GIT_IDENTITY.name],
    ['user.email', GIT_IDENTITY.email],
    ['push.autoSetupRemote', 'true'],
    ['advice.detachedHead', 'false'],
    ...rewriteSettings(rewrites),
  ]
  return {
    PATH: path,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    SHELL: '/bin/bash',
    CI: 'true',
    ...spec.env,
    HOME: home,
    ERRAND_RUN_ID: spec.runId,
    ERRAND_WORKSPACE: workspace,
    ERRAND_ARTIFACTS: artifacts,
    HTTP_PROXY: origin,
    HTTPS_PROXY: origin,
    http_proxy: origin,
    https_proxy: origin,
    NO_PROXY,
    no_proxy: NO_PROXY,
    NODE_USE_ENV_PROXY: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...gitConfigEnv(settings),
  }
}
