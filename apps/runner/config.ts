import { type Place, readPlace } from './cluster/place.ts'

export const RUNNER_VERSION = '0.1.0'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface RunnerConfig {
  /** What the runner itself was started with, for starting it again below a process that reaps. */
  readonly environment: NodeJS.ProcessEnv
  /** Where the agent's programs are found. The only thing that the agent gets from the runner's own environment. */
  readonly path: string
  /** Set in a sandbox of a cluster; elsewhere what is needed comes in by standard input. */
  readonly place: Place | null
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): RunnerConfig {
  return { environment: env, path: env['PATH'] ?? DEFAULT_PATH, place: readPlace(env, process.execPath) }
}
