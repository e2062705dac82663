/** Where the sandboxes of a cluster find this gateway. A port of 0 takes any. */
export interface SandboxListen {
  readonly host: string
  readonly port: number
  /** Answers everybody and says nothing: only the policy of the cluster closes it, and that is how a sandbox sees its wall. */
  readonly canaryPort: number
}

/** What the process that runs a gateway tells it. Everything but the socket has a default for use; tests shorten times. */
export interface GatewayConfig {
  /** A unix socket. Its folder is what sandboxes see, so a restarted gateway's new socket is found by live ones. */
  readonly socketPath: string
  /** Where local repositories lie: `<folder>/<orgId>/<name>.git`. */
  readonly repositoriesFolder: string
  /** PATH in which `git` is found. */
  readonly searchPath: string
  /** Where Anthropic keys and subscription tokens are used. */
  readonly anthropicUrl: string
  /** Longest silence in the middle of a model's answer. Providers send a ping every few seconds. */
  readonly modelSilenceMs: number
  /** How long an opened credential stays in memory. */
  readonly credentialKeepMs: number
  /** The demo model's pace: between two words. */
  readonly demoWordMs: number
  /** How often open requests to the gateway are looked for when no notification came. */
  readonly requestPollMs: number
  /** How often pull requests whose time has come are looked for. */
  readonly pullPollMs: number
  /** Null where all sandboxes are on this machine. */
  readonly sandboxListen: SandboxListen | null
}

export const GATEWAY_DEFAULTS = {
  searchPath: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  anthropicUrl: 'https://api.anthropic.com',
  modelSilenceMs: 300_000,
  credentialKeepMs: 60_000,
  demoWordMs: 12,
  requestPollMs: 5_000,
  pullPollMs: 15_000,
  sandboxListen: null,
} as const satisfies Omit<GatewayConfig, 'socketPath' | 'repositoriesFolder'>
