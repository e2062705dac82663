/** Names of NOTIFY channels. A payload is an id and nothing else: whoever hears it reads the state again. */
export const CHANNELS = {
  /** The log of this run has grown. */
  runEvents: 'run_events',
  /** This run is due, or a place became free: admit, then claim. */
  runWake: 'run_wake',
  /** A request waits for the gateway. */
  gatewayRequests: 'gateway_requests',
  /** The gateway has answered this request. */
  gatewayAnswers: 'gateway_answers',
  /** A run was given to this sandbox, or it is not needed any more. */
  sandboxWake: 'sandbox_wake',
  /** This hosted MCP server is wanted, or not any more. */
  instanceWake: 'instance_wake',
} as const
