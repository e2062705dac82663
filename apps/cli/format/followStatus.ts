import type { Follow } from './follow.ts'
import { usageWords } from './followUsage.ts'
import type { Paint } from './paint.ts'
import { duration, fit, oneLine } from './text.ts'

/** The line at the bottom of a terminal while a run goes on: what it does now, for how long, and the sum so far. */
export function statusLine(s: Follow, now: Date, columns: number, paint: Paint): string {
  const since = (at: string | null) => (at === null ? '' : duration(now.getTime() - Date.parse(at)))
  const tool = Object.values(s.tools).at(-1)
  const doing = tool === undefined ? waitingFor(s) : `${oneLine(tool.tool)} ${oneLine(tool.target)} ${since(tool.at)}`
  const parts = [doing, usageWords(s.usage, s.budgetUsd), since(s.createdAt)].filter((part) => part !== '')
  return paint.dim(fit(`        … ${parts.join(' · ')}`, Math.max(20, columns - 1)))
}

function waitingFor(s: Follow): string {
  if (s.admittedAt === null) return 'waiting for a place'
  if (s.isOver) return 'waiting for the last process to go'
  return s.agentStepAt === null ? 'starting' : 'working'
}
