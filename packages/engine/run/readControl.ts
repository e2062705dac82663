import type { ControlAnswer } from '@errand/contracts'
import { readTalk } from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import type { RunGrant } from './types.ts'

/** Cancelled, budget reached, over: none of them is ever taken back. */
const FLAGS = 8

/**
 * A number that grows with everything that a runner has to hear, and tells what it has heard by itself, so that nobody
 * has to remember what was handed down to whom.
 */
export function controlSeq({
  talkSeq,
  desired,
  isBudgetReached,
  isOver,
}: Pick<RunGrant, 'talkSeq' | 'desired' | 'isBudgetReached' | 'isOver'>): number {
  return talkSeq * FLAGS + (desired === 'cancelled' ? 1 : 0) + (isBudgetReached ? 2 : 0) + (isOver ? 4 : 0)
}

/**
 * What is wanted of a run, and what persons said since `after`, the `seq` of the last answer. A runner whose run was
 * ended without it (a deadline) hears that it is cancelled: nothing that it still does is wanted.
 */
export async function readControl(
  grant: RunGrant,
  after: number,
  { db }: Pick<EngineDeps, 'db'>,
): Promise<ControlAnswer> {
  const { desired, isOver, isBudgetReached, isWaiting, talkSeq } = grant
  const heard = Math.floor(after / FLAGS)
  const talk = talkSeq > heard && !isOver ? await readSince(grant, heard, { db }) : {}
  return {
    desired: isOver ? 'cancelled' : desired,
    budgetReached: isBudgetReached,
    waiting: isWaiting,
    ...talk,
    seq: controlSeq(grant),
  }
}

type Talk = Pick<ControlAnswer, 'answers' | 'expired' | 'notes' | 'removedNotes'>

async function readSince(
  { orgId, runId, talkSeq }: RunGrant,
  heard: number,
  { db }: Pick<EngineDeps, 'db'>,
): Promise<Talk> {
  const answers: NonNullable<Talk['answers']> = []
  const expired: string[] = []
  const notes: NonNullable<Talk['notes']> = []
  const removedNotes: string[] = []
  for (const { seq, body } of await readTalk(db, { orgId, runId, after: heard })) {
    // What came after the grant was read is told with the next answer, and once.
    if (seq > talkSeq) break
    const { id } = body
    if (body.type === 'question.answered') {
      const { answer, note } = body
      answers.push({ id, answer, ...(note === undefined ? {} : { note }) })
    } else if (body.type === 'question.expired') expired.push(id)
    else if (body.type === 'note.sent') notes.push({ id, text: body.text, when: body.when })
    else removedNotes.push(id)
  }
  return { answers, expired, notes, removedNotes }
}
