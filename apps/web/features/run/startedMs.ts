import type { RunState } from '@errand/domain'

/** From its firing to the agent's first sign; null before it. A script has none: its process is the sign. */
export function startedMs(state: RunState): number | null {
  const at = state.agentStartedAt ?? state.steps.find(({ step }) => step === 'agent')?.startedAt
  return at === undefined ? null : Math.max(0, Date.parse(at) - Date.parse(state.createdAt))
}
