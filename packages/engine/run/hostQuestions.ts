import { Fault, newId, type OrgId, type RunEventBody, type RunId } from '@errand/contracts'
import { hostPattern, isTerminal, type RunState, type Target, wholeState } from '@errand/domain'
import { findTalk, readLogHead } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { appendEvents } from './appendEvents.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** A program that tries every door asks for so many at a time, and for so many in all; the others are refused. */
const MAX_OPEN = 8
const MAX_ASKED = 40

export interface HostQuestion {
  readonly run: { readonly orgId: OrgId; readonly runId: RunId }
  readonly target: Target
  readonly command: string | undefined
  /** How long a person has for an answer; null: nobody is asked, and only a word that was given counts. */
  readonly waitMs: number | null
}

export type HostWord =
  /** `once`: used up as soon as the connection is in the log as `egress.allowed`. */
  | { readonly kind: 'allowed'; readonly isOnce: boolean }
  | { readonly kind: 'asked'; readonly questionId: string }
  /** `words`: who said no, and their note. */
  | { readonly kind: 'refused'; readonly words: string | null }

/**
 * What a person says to a host that is not allowed: their word so far, else they are asked. All of it is in the run's
 * log, so it outlives the process that asked, and many connections to one host are one question.
 */
export async function askForHost(question: HostQuestion, deps: Deps): Promise<HostWord> {
  const { run, target, command, waitMs } = question
  const state = await readState(run, deps)
  const known = knownWord(state, target)
  if (known !== null) return known
  if (waitMs === null) return { kind: 'refused', words: null }
  const open = state.questions.filter(({ kind }) => kind === 'host').length
  if (open >= MAX_OPEN || open + state.hostAnswers.length >= MAX_ASKED) return { kind: 'refused', words: null }
  const now = deps.now()
  const questionId = newId('question', now)
  const asked: RunEventBody = {
    type: 'host.asked',
    id: questionId,
    ...target,
    ...(command === undefined ? {} : { command }),
    expiresAt: new Date(now.getTime() + waitMs).toISOString(),
  }
  await appendEvents({ ...run, source: 'system', events: [asked] }, deps)
  // Another connection may have been faster: then the question is its.
  const word = knownWord(await readState(run, deps), target) ?? { kind: 'refused', words: null }
  if (word.kind !== 'refused') return word
  // A person may have been faster still: theirs are the words.
  const own = await readHostWord({ run, questionId }, deps)
  return own.kind === 'refused' && own.words === null ? word : own
}

/** What became of a question that was asked: `asked` as long as it is open. */
export async function readHostWord(
  { run, questionId }: { run: HostQuestion['run']; questionId: string },
  deps: Pick<EngineDeps, 'db'>,
): Promise<HostWord> {
  const { questions, status } = await readState(run, deps)
  if (questions.some(({ id }) => id === questionId)) return { kind: 'asked', questionId }
  if (isTerminal(status)) return { kind: 'refused', words: null }
  const types = ['question.answered', 'question.expired', 'sign-in.done'] as const
  const end = await findTalk(deps.db, { ...run, id: questionId, types })
  if (end?.type === 'sign-in.done') return { kind: 'allowed', isOnce: false }
  if (end?.type === 'question.expired') return { kind: 'refused', words: 'Nobody answered in time.' }
  if (end?.type !== 'question.answered') return { kind: 'refused', words: null }
  if (end.answer !== 'deny') return { kind: 'allowed', isOnce: end.answer === 'allow-once' }
  return { kind: 'refused', words: end.note === undefined ? `${end.by} said no.` : `${end.by} said no: ${end.note}` }
}

function knownWord({ hostAnswers, questions, status }: RunState, target: Target): HostWord | null {
  if (isTerminal(status)) return { kind: 'refused', words: null }
  const pattern = hostPattern(target)
  const said = hostAnswers.find((one) => one.pattern === pattern)?.answer
  if (said === 'no') return { kind: 'refused', words: 'A person was asked before, and it was not allowed.' }
  if (said !== undefined) return { kind: 'allowed', isOnce: said === 'once' }
  const open = questions.find((one) => one.kind === 'host' && hostPattern(one) === pattern)
  return open === undefined ? null : { kind: 'asked', questionId: open.id }
}

async function readState(run: HostQuestion['run'], { db }: Pick<EngineDeps, 'db'>): Promise<RunState> {
  const head = await readLogHead(db, { ...run, isLocked: false })
  if (head === undefined) throw new Fault('run.unknown')
  return wholeState(head.state)
}
