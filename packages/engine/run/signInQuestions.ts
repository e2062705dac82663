import { Fault, newId, type OrgId, type RunId, type SystemEvent } from '@errand/contracts'
import { isTerminal, type RunState, wholeState } from '@errand/domain'
import { readLogHead } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { appendEvents } from './appendEvents.ts'
import type { HostWord } from './hostQuestions.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

export interface SignInQuestion {
  readonly run: { readonly orgId: OrgId; readonly runId: RunId }
  readonly server: string
  /** Why somebody has to. */
  readonly words: string
  readonly waitMs: number
  /** A person has to be waited for; called before the question is on record. */
  readonly onAsked?: () => void
}

/**
 * The run waits for a person to sign in with an MCP server. All who need the same server wait for one question, which
 * `readHostWord` tells the end of; after a no, or silence, nobody is asked again in this run.
 */
export async function askForSignIn(question: SignInQuestion, deps: Deps): Promise<HostWord> {
  const { run, server, words, waitMs } = question
  const known = knownWord(await readState(run, deps), server)
  if (known === null || known.kind === 'asked') question.onAsked?.()
  if (known !== null) return known
  const now = deps.now()
  const id = newId('question', now)
  const expiresAt = new Date(now.getTime() + waitMs).toISOString()
  const asked: SystemEvent = { type: 'sign-in.asked', id, server, words, expiresAt }
  await appendEvents({ ...run, source: 'system', events: [asked] }, deps)
  // Another call may have been faster: then the question is its.
  return knownWord(await readState(run, deps), server) ?? { kind: 'refused', words: null }
}

/** For the gateway, once it has seen that somebody has signed in with these servers. */
export async function settleSignIns(
  { run, servers }: { run: SignInQuestion['run']; servers: readonly string[] },
  deps: Deps,
): Promise<void> {
  const { questions } = await readState(run, deps)
  const events = questions.flatMap((one): SystemEvent[] =>
    one.kind === 'sign-in' && servers.includes(one.server) ? [{ type: 'sign-in.done', id: one.id }] : [],
  )
  if (events.length > 0) await appendEvents({ ...run, source: 'system', events }, deps)
}

function knownWord({ status, questions, signInsRefused }: RunState, server: string): HostWord | null {
  if (isTerminal(status)) return { kind: 'refused', words: null }
  const open = questions.find((one) => one.kind === 'sign-in' && one.server === server)
  if (open !== undefined) return { kind: 'asked', questionId: open.id }
  return signInsRefused.includes(server) ? { kind: 'refused', words: 'A person was asked before, in vain.' } : null
}

async function readState(run: SignInQuestion['run'], { db }: Pick<EngineDeps, 'db'>): Promise<RunState> {
  const head = await readLogHead(db, { ...run, isLocked: false })
  if (head === undefined) throw new Fault('run.unknown')
  return wholeState(head.state)
}
