export interface BridgeConfig {
  /** What the bridge itself was started with, for starting it again below a process that reaps. */
  readonly environment: NodeJS.ProcessEnv
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): BridgeConfig {
  return { environment: env }
}
