import type { OrgId, RegistryHit } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface RegistryEntryRow {
  readonly body: RegistryHit
  readonly seenAt: Date
}

const KEEP: Statement = {
  name: 'registry-entries-keep',
  text: `
    insert into registry_entries (org_id, registry, name, body, seen_at)
    select $1, $2, hit -> 'server' ->> 'name', hit, $4 from jsonb_array_elements($3::jsonb) hit
    on conflict (org_id, registry, name) do update set body = excluded.body, seen_at = excluded.seen_at`,
}

/** The newest word on each server replaces the one before. A name may stand in `hits` once. */
export async function keepRegistryEntries(
  q: Queryable,
  input: { orgId: OrgId; registry: string; hits: readonly RegistryHit[]; now: Date },
): Promise<void> {
  await q.affected(KEEP, [input.orgId, input.registry, JSON.stringify(input.hits), input.now])
}

const FIND: Statement = {
  name: 'registry-entries-find',
  text: `
    select body, seen_at as "seenAt" from registry_entries
    where org_id = $1 and registry = $2
      and position(lower($3) in lower(name || ' ' || coalesce(body -> 'server' ->> 'title', '') || ' ' || (body -> 'server' ->> 'description'))) > 0
    order by name limit $4`,
}

/** Those whose name, title or description has the text, by name. */
export function findRegistryEntries(
  q: Queryable,
  input: { orgId: OrgId; registry: string; text: string; limit: number },
): Promise<RegistryEntryRow[]> {
  return q.rows(FIND, [input.orgId, input.registry, input.text, input.limit])
}

const NAMED: Statement = {
  name: 'registry-entries-named',
  text: `select name, body -> 'server' ->> 'version' as version from registry_entries
    where org_id = $1 and registry = $2 and name = any($3::text[]) and body ->> 'status' = 'active'`,
}

/** The version that the registry last gave for each of these servers. */
export function listRegistryVersions(
  q: Queryable,
  input: { orgId: OrgId; registry: string; names: readonly string[] },
): Promise<{ name: string; version: string }[]> {
  return q.rows(NAMED, [input.orgId, input.registry, input.names])
}
