import type { OrgId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'
import type { SettingsBody } from '../rows.ts'

const READ: Statement = { name: 'settings-read', text: 'select body from settings where org_id = $1' }

/** What was ever changed; the rest is the default. */
export async function findSettings(q: Queryable, input: { orgId: OrgId }): Promise<Partial<SettingsBody>> {
  return (await q.row<{ body: Partial<SettingsBody> }>(READ, [input.orgId]))?.body ?? {}
}

const MERGE: Statement = {
  name: 'settings-merge',
  text: `insert into settings (org_id, body, updated_at) values ($1, $2, $3)
    on conflict (org_id) do update set body = settings.body || excluded.body, updated_at = excluded.updated_at
    returning body`,
}

export async function mergeSettings(
  q: Queryable,
  input: { orgId: OrgId; change: Partial<SettingsBody>; now: Date },
): Promise<Partial<SettingsBody>> {
  const row = await q.row<{ body: Partial<SettingsBody> }>(MERGE, [
    input.orgId,
    JSON.stringify(input.change),
    input.now,
  ])
  return row?.body ?? {}
}
