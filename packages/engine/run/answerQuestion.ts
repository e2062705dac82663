import { type Answer, Fault, type RunEventBody, type RunId } from '@errand/contracts'
import { hostPattern, isTerminal, type OpenQuestion, wholeState } from '@errand/domain'
import { findTalk, readLogHead, type Transaction } from '@errand/store'
import { allowMcpTool } from '../config/allowMcpTool.ts'
import { extendAgent } from '../config/extendAgent.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { announceEvents, appendLocked } from './appendEvents.ts'
import { MAX_NOTE_BYTES } from './notes.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

export interface QuestionAnswer {
  readonly runId: RunId
  readonly questionId: string
  readonly answer: Answer
  /** Given to the agent with the answer. */
  readonly note?: string | undefined
}

/**
 * A person's word on what a run waits for. The first answer stands: saying the same again is fine, another one is a
 * Fault `question.answered` that names who was faster. Others: `run.unknown`, `run.over`, `question.unknown`,
 * `question.expired`. `allow-agent` also makes a new version of the agent that allows it from its next run on.
 */
export async function answerQuestion(actor: Actor, said: QuestionAnswer, deps: Deps): Promise<void> {
  const note = said.note?.trim() ?? ''
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES) throw new Fault('note.too-large')
  await deps.db.transaction((tx) => answerLocked(tx, { actor, said: { ...said, note }, now: deps.now() }))
  announceEvents(said.runId, deps)
}

interface Answering {
  readonly actor: Actor
  readonly said: QuestionAnswer & { readonly note: string }
  readonly now: Date
}

async function answerLocked(tx: Transaction, answering: Answering): Promise<void> {
  const { actor, said, now } = answering
  const { orgId, name } = actor
  const { runId, questionId, answer, note } = said
  const head = await readLogHead(tx, { orgId, runId, isLocked: true })
  if (head === undefined) throw new Fault('run.unknown')
  const { status, questions } = wholeState(head.state)
  const question = questions.find(({ id }) => id === questionId)
  if (question === undefined) {
    if (await isSaidAlready(tx, answering)) return
    throw new Fault(isTerminal(status) ? 'run.over' : 'question.unknown')
  }
  if (question.kind === 'sign-in' && answer !== 'deny')
    throw new Fault('input.invalid', `answer: it waits for a sign-in with ${question.server}, not for a word.`)
  if (Date.parse(question.expiresAt) <= now.getTime()) throw new Fault('question.expired')
  const agentVersion = answer === 'allow-agent' ? await allowForAgent(tx, { answering, question }) : undefined
  const event = {
    type: 'question.answered',
    id: questionId,
    answer,
    ...(note === '' ? {} : { note }),
    by: name,
    ...(agentVersion === undefined ? {} : { agentVersion }),
  } as const
  await appendLocked(tx, { orgId, runId, source: 'system', events: [event] }, now)
}

/** Whether this person said exactly this before. Faults `question.answered` and `question.expired` when it is settled. */
async function isSaidAlready(tx: Transaction, { actor, said }: Answering): Promise<boolean> {
  const { orgId, name } = actor
  const settled = await findTalk(tx, {
    orgId,
    runId: said.runId,
    id: said.questionId,
    types: ['question.answered', 'question.expired'],
  })
  if (settled === undefined) return false
  if (settled.type !== 'question.answered') throw new Fault('question.expired')
  if (settled.by === name && settled.answer === said.answer) return true
  throw new Fault('question.answered', answerWords(settled))
}

function answerWords({ by, answer }: Extract<RunEventBody, { type: 'question.answered' }>): string {
  const words: Readonly<Record<Answer, string>> = {
    'allow-once': 'allowed it once',
    'allow-run': 'allowed it for this run',
    'allow-agent': 'allowed it for the agent',
    deny: 'denied it',
  }
  return `${by} ${words[answer]}.`
}

/** The version of the agent that allows it. */
async function allowForAgent(
  tx: Transaction,
  { answering, question }: { answering: Answering; question: OpenQuestion },
): Promise<number | undefined> {
  const { actor, said, now } = answering
  const { runId } = said
  switch (question.kind) {
    case 'host':
      return extendAgent(tx, { actor, runId, added: { hosts: [hostPattern(question)] }, now })
    case 'sign-in':
      return undefined
    case 'tool':
      return question.mcp === undefined
        ? extendAgent(tx, { actor, runId, added: { allowedTools: question.rules }, now })
        : allowMcpTool(tx, { actor, runId, use: question.mcp, now })
  }
}
