import { type DraftId, Fault, newId, type RunDraft, runDraftSchema } from '@errand/contracts'
import {
  deleteCurrentDraft,
  deleteDraft,
  type DraftRow,
  findCurrentDraft,
  insertDraft,
  isStorable,
  listDraftRows,
  writeCurrentDraft,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import type { DraftView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

const MOST_KEPT = 100

/** What this person was writing, on whatever device; null when there is nothing. */
export async function readDraft(actor: Actor, { db }: Pick<Deps, 'db'>): Promise<DraftView | null> {
  const row = await findCurrentDraft(db, actor)
  return row === undefined ? null : toView(row)
}

/** Keeps what is being written; null forgets it. Fault `input.invalid`. */
export async function saveDraft(actor: Actor, draft: RunDraft | null, { db, now }: Deps): Promise<void> {
  if (draft === null) return deleteCurrentDraft(db, actor)
  const at = now()
  await writeCurrentDraft(db, actor, { id: newId('draft', at), body: parsed(draft), now: at })
}

/** Puts a task aside. Faults `input.invalid`, also when a hundred lie there. */
export async function keepDraft(actor: Actor, draft: RunDraft, { db, now }: Deps): Promise<{ id: DraftId }> {
  const at = now()
  const id = newId('draft', at)
  if (!(await insertDraft(db, actor, { id, body: parsed(draft), now: at, limit: MOST_KEPT })))
    throw new Fault('input.invalid', `${MOST_KEPT} drafts are kept already; remove one first.`)
  return { id }
}

/** Those put aside, newest first. */
export async function listDrafts(actor: Actor, { db }: Pick<Deps, 'db'>): Promise<readonly DraftView[]> {
  return (await listDraftRows(db, actor)).map(toView)
}

/** Removing one that is gone is fine. */
export async function removeDraft(actor: Actor, id: DraftId, { db }: Pick<Deps, 'db'>): Promise<void> {
  await deleteDraft(db, actor, id)
}

function parsed(draft: RunDraft): RunDraft {
  const result = runDraftSchema.safeParse(draft)
  if (!result.success) throw inputFault(result.error)
  if (!isStorable(result.data)) throw new Fault('input.invalid', 'It holds a NUL or half a character.')
  return result.data
}

/** What an older Errand kept may lack what is required now; its prompt is what matters. */
function toView({ id, body, updatedAt }: DraftRow): DraftView {
  const result = runDraftSchema.safeParse(body)
  return {
    id,
    draft: result.success ? result.data : { prompt: promptOf(body), inputs: [] },
    updatedAt: updatedAt.toISOString(),
  }
}

function promptOf(body: unknown): string {
  const prompt: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'prompt') : ''
  return typeof prompt === 'string' ? prompt : ''
}
