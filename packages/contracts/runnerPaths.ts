/**
 * Between a runner and the gateway: HTTP over a unix socket (local) or TCP (cluster), with the run token in
 * `authorization: Bearer …`. Answers that refuse carry a `FaultWire` as JSON. Schemas only ever add.
 */
export const RUNNER_PATHS = {
  /** GET → RunSpec. */
  spec: '/runner/v1/spec',
  /** POST EventBatch → EventBatchAnswer; 409 `events.gap` carries `expected`. */
  events: '/runner/v1/events',
  /** PUT bytes; query = artifactQuerySchema; answers Artifact. Sending the same again answers the same artifact. */
  artifacts: '/runner/v1/artifacts',
  /** GET ?after=<seq> → ControlAnswer. Waits up to 10 s for something to say. */
  control: '/runner/v1/control',
  /** GET → SignInsAnswer: whether a person has to sign in with an MCP server first. Waits up to 10 s for them. */
  signIns: '/runner/v1/sign-ins',
  /** GET /runner/v1/inputs/<sha256> → bytes of an input file. */
  inputs: '/runner/v1/inputs',
  /** The Messages API. The agent sees it as http://127.0.0.1:<port>/llm. */
  llm: '/llm',
  /** Git smart HTTP: /git/local/<name>.git/…, /git/https/<host>/<path>.git/…, /git/http/<host:port>/… */
  git: '/git',
  /** /mcp/<server>: Model Context Protocol over Streamable HTTP. */
  mcp: '/mcp',
} as const

/**
 * Between a pod that has no run token yet and the gateway. The ticket is the pod's uid: random, known to the cluster
 * and the pod alone, good for one claim. Schemas only ever add.
 */
export const SANDBOX_PATHS = {
  /**
   * POST SandboxClaim → 200 `{token}`; 202 nothing yet (it waits up to 20 s): ask again; 404 `sandbox.unknown`: the pod
   * is not known (yet); 409 `sandbox.taken`; 410 `sandbox.dismissed`.
   */
  claim: '/sandbox/v1/claim',
  /** POST SandboxFailure → 204. */
  failed: '/sandbox/v1/failed',
} as const

/** Set by the runner on what it forwards for the agent's processes; the gateway strips it before anything leaves. */
export const RUN_TOKEN_HEADER = 'x-errand-run-token'
/** base64url of the command line that opened a connection, as the runner saw it in /proc. */
export const COMMAND_HEADER = 'x-errand-command'
/**
 * On a refusal of a model call, and of a call of MCP that may have been done: the fault's code, for the runner. It never
 * reaches the agent.
 */
export const FAULT_HEADER = 'x-errand-code'

/** The fault's code in the refusal of a connection to a host. */
export const EGRESS_FAULT_HEADER = 'x-errand-fault'

/**
 * How a runner ends whose standard input ended before its boot line came: who started it was killed in between. Nothing of
 * the run has begun then, so it may be started again.
 */
export const NO_BOOT_EXIT = 98

/** On an answer of events whose call still waits for a person. Until `HELD_SENT` comes it has gone nowhere. */
export const HELD_HEADER = 'x-errand-held'
/** On a call of MCP that a runner has reason to be careful with: one of `Again`. */
export const AGAIN_HEADER = 'x-errand-again'
/**
 * `held`: the gateway that held it for a person went away, and it has gone nowhere yet. `cut`: its gateway went away before
 * it answered, and may have sent it. `careful`: of an earlier call of the run nobody knows whether
 * it was done.
 */
export type Again = 'held' | 'cut' | 'careful'
/** A comment among the events: the call goes to its server now. */
export const HELD_SENT = ': sent'
