import { Fault, newId, type OrgId, type RunEventBody, type RunId } from '@errand/contracts'
import { isTerminal, mcpToolName, type RunState, wholeState } from '@errand/domain'
import { readEventsOfTypes, readLogHead } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { appendEvents } from './appendEvents.ts'
import { type HostWord, readHostWord } from './hostQuestions.ts'

/** A person can look at so many at a time; an agent that asks for more is told no. */
const MAX_OPEN = 20

export interface ToolQuestion {
  readonly run: { readonly orgId: OrgId; readonly runId: RunId }
  readonly server: string
  readonly tool: string
  /** Exactly what would be done. */
  readonly input: string
  /** Which rule of the run's agent asks; null: none fitted. */
  readonly rule: number | null
  readonly waitMs: number
  /** The gateway that held the call went away: it was asked before, and may have been answered since. */
  readonly isAgain: boolean
  /** A person has to be waited for; called before the question is on record, so that nobody answers a call that is not held yet. */
  readonly onAsked: () => void
}

/**
 * What a person says to a use of a tool of an MCP server: their word so far for this run, else they are asked. The same
 * use asked for again joins the question that is open. `readHostWord` tells what becomes of it.
 */
export async function askForTool(question: ToolQuestion, deps: Pick<EngineDeps, 'db' | 'now'>): Promise<HostWord> {
  const { run, server, tool, input, rule, waitMs, onAsked } = question
  const state = await readState(run, deps)
  if (isTerminal(state.status)) return { kind: 'refused', words: null }
  if (state.mcpAllowed.includes(mcpToolName(server, tool))) return { kind: 'allowed', isOnce: false }
  const open = state.questions.filter((one) => one.kind === 'tool' && one.mcp !== undefined)
  const same = open.find(
    (one) => one.kind === 'tool' && one.mcp?.server === server && one.mcp.tool === tool && one.input === input,
  )
  if (same !== undefined) {
    onAsked()
    return { kind: 'asked', questionId: same.id }
  }
  const said = question.isAgain ? await saidBefore(question, deps) : null
  if (said !== null) return said
  if (open.length >= MAX_OPEN) return { kind: 'refused', words: 'Too many questions wait for a person already.' }
  const now = deps.now()
  const questionId = newId('question', now)
  const expiresAt = new Date(now.getTime() + waitMs).toISOString()
  onAsked()
  const asked: RunEventBody = { type: 'mcp.asked', id: questionId, server, tool, input, rule, expiresAt }
  await appendEvents({ ...run, source: 'system', events: [asked] }, deps)
  return { kind: 'asked', questionId }
}

/** Null when the same use was never asked for. */
async function saidBefore(
  { run, server, tool, input }: ToolQuestion,
  deps: Pick<EngineDeps, 'db'>,
): Promise<HostWord | null> {
  const asked = await readEventsOfTypes(deps.db, run, ['mcp.asked'])
  const last = asked.findLast(({ body }) => body.server === server && body.tool === tool && body.input === input)
  return last === undefined ? null : readHostWord({ run, questionId: last.body.id }, deps)
}

async function readState(run: ToolQuestion['run'], { db }: Pick<EngineDeps, 'db'>): Promise<RunState> {
  const head = await readLogHead(db, { ...run, isLocked: false })
  if (head === undefined) throw new Fault('run.unknown')
  return wholeState(head.state)
}
