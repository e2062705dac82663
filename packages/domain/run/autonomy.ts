import type { AgentSpec, Autonomy, BlockedHost } from '@errand/contracts'

const HOUR_MS = 3_600_000
/** A night and a morning: whoever fires a task in the evening still answers before it counts as no. */
const LONGEST_ANSWER_MS = 12 * HOUR_MS

/** How much of its work an agent does without a person's word; null for a script, which asks nobody. */
export function autonomyOf(agent: AgentSpec): Autonomy | null {
  return agent.runtime === 'claude-code' ? (agent.autonomy ?? 'edit') : null
}

/**
 * What happens to a connection to a host that is not allowed. Who said that the agent works freely is not looking, and
 * a build that waits for somebody who is not there is worse than one that is refused at once.
 */
export function onBlockedHostOf(agent: AgentSpec): BlockedHost {
  const autonomy = autonomyOf(agent)
  return agent.onBlockedHost ?? (autonomy === 'ask' || autonomy === 'plan' ? 'ask' : 'refuse')
}

/** How long a question waits for a person. */
export function answerMsOf(agent: AgentSpec): number {
  return agent.answerMinutes === undefined ? LONGEST_ANSWER_MS : agent.answerMinutes * 60_000
}
