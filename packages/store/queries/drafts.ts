import type { DraftId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import type { Reader } from './runLists.ts'

export interface DraftRow {
  readonly id: DraftId
  readonly body: unknown
  readonly updatedAt: Date
}

const columns = `id, body, updated_at as "updatedAt"`

const CURRENT: Statement = {
  name: 'draft-current',
  text: `select ${columns} from drafts where org_id = $1 and user_id = $2 and is_current`,
}

export function findCurrentDraft(q: Queryable, { orgId, userId }: Reader): Promise<DraftRow | undefined> {
  return q.row(CURRENT, [orgId, userId])
}

const WRITE: Statement = {
  name: 'draft-write',
  text: `insert into drafts (id, org_id, user_id, is_current, body, updated_at) values ($3, $1, $2, true, $4, $5)
    on conflict (org_id, user_id) where is_current do update set body = excluded.body, updated_at = excluded.updated_at
    where drafts.updated_at <= excluded.updated_at`,
}

/** The one being written; an older one that arrives late changes nothing. */
export async function writeCurrentDraft(
  q: Queryable,
  { orgId, userId }: Reader,
  draft: { id: DraftId; body: unknown; now: Date },
): Promise<void> {
  await q.affected(WRITE, [orgId, userId, draft.id, JSON.stringify(draft.body), draft.now])
}

const DROP: Statement = {
  name: 'draft-drop-current',
  text: 'delete from drafts where org_id = $1 and user_id = $2 and is_current',
}

export async function deleteCurrentDraft(q: Queryable, { orgId, userId }: Reader): Promise<void> {
  await q.affected(DROP, [orgId, userId])
}

const ADD: Statement = {
  name: 'draft-add',
  text: `insert into drafts (id, org_id, user_id, is_current, body, updated_at)
    select $3, $1, $2, false, $4, $5
    where (select count(*) from (select 1 from drafts where org_id = $1 and user_id = $2 and not is_current limit $6) x) < $6`,
}

/** False when there are `limit` of them already. */
export async function insertDraft(
  q: Queryable,
  { orgId, userId }: Reader,
  draft: { id: DraftId; body: unknown; now: Date; limit: number },
): Promise<boolean> {
  return (await q.affected(ADD, [orgId, userId, draft.id, JSON.stringify(draft.body), draft.now, draft.limit])) === 1
}

const LIST: Statement = {
  name: 'draft-list',
  text: `select ${columns} from drafts where org_id = $1 and user_id = $2 and not is_current order by id desc limit 200`,
}

/** Those put aside, newest first. */
export function listDraftRows(q: Queryable, { orgId, userId }: Reader): Promise<DraftRow[]> {
  return q.rows(LIST, [orgId, userId])
}

const DELETE: Statement = {
  name: 'draft-delete',
  text: 'delete from drafts where org_id = $1 and user_id = $2 and id = $3',
}

export async function deleteDraft(q: Queryable, { orgId, userId }: Reader, id: DraftId): Promise<boolean> {
  return (await q.affected(DELETE, [orgId, userId, id])) === 1
}
