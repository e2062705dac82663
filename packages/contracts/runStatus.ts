/** Apart from the schemas: pages need the names and no parser. */
export const RUN_STATUSES = [
  'queued',
  'starting',
  'running',
  'waiting',
  'verifying',
  'succeeded',
  'failed',
  'cancelled',
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]
export const TERMINAL_STATUSES = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly RunStatus[]
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number]
