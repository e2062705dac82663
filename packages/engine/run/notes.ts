import { Fault, newId, type NoteId, type NoteTime, type RunEventBody, type RunId } from '@errand/contracts'
import { isTerminal, wholeState } from '@errand/domain'
import { findRun, findTalk, isStorable, readLogHead, type Transaction } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { announceEvents, appendLocked } from './appendEvents.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

export const MAX_NOTE_BYTES = 20_000
const MAX_WAITING_NOTES = 20

export interface NewNote {
  readonly runId: RunId
  readonly text: string
  readonly when: NoteTime
}

/**
 * Tells the agent of a run something: it reads it after its current step, or when it has said all it had to say. Faults
 * `run.unknown`, `run.over`, `note.empty`, `note.too-large`, `note.too-many`, and `note.no-agent` for a script.
 */
export async function sendNote(actor: Actor, note: NewNote, deps: Deps): Promise<{ noteId: NoteId }> {
  const { orgId, name } = actor
  const { runId, when } = note
  const text = note.text.trim()
  if (text === '') throw new Fault('note.empty')
  if (Buffer.byteLength(text) > MAX_NOTE_BYTES) throw new Fault('note.too-large')
  if (!isStorable(text)) throw new Fault('input.invalid', 'text: it holds a NUL or half a character.')
  const row = await findRun(deps.db, { orgId, runId })
  if (row === undefined) throw new Fault('run.unknown')
  if (row.spec.agent.runtime === 'script') throw new Fault('note.no-agent')
  const now = deps.now()
  const noteId = newId('note', now)
  await deps.db.transaction(async (tx) => {
    const { status, notes } = await readState(tx, actor, runId)
    if (isTerminal(status)) throw new Fault('run.over')
    if (notes.length >= MAX_WAITING_NOTES) throw new Fault('note.too-many')
    const event: RunEventBody = { type: 'note.sent', id: noteId, text, when, by: name }
    await appendLocked(tx, { orgId, runId, source: 'system', events: [event] }, now)
  })
  announceEvents(runId, deps)
  return { noteId }
}

/**
 * Takes a note back that the agent has not been given; again is fine. Faults `run.unknown`, `run.over`, `note.unknown`,
 * `note.delivered`.
 */
export async function removeNote(
  actor: Actor,
  { runId, noteId }: { runId: RunId; noteId: NoteId },
  deps: Deps,
): Promise<void> {
  const { orgId, name } = actor
  await deps.db.transaction(async (tx) => {
    const { status, notes } = await readState(tx, actor, runId)
    const isWaiting = notes.some(({ id }) => id === noteId)
    if (!isWaiting) {
      const end = await findTalk(tx, { orgId, runId, id: noteId, types: ['note.removed', 'note.delivered'] })
      if (end?.type === 'note.removed') return
      throw new Fault(end === undefined ? 'note.unknown' : 'note.delivered')
    }
    if (isTerminal(status)) throw new Fault('run.over')
    const event: RunEventBody = { type: 'note.removed', id: noteId, by: name }
    await appendLocked(tx, { orgId, runId, source: 'system', events: [event] }, deps.now())
  })
  announceEvents(runId, deps)
}

async function readState(tx: Transaction, { orgId }: Actor, runId: RunId) {
  const head = await readLogHead(tx, { orgId, runId, isLocked: true })
  if (head === undefined) throw new Fault('run.unknown')
  return wholeState(head.state)
}
