import type { Queryable, Statement } from '../database.ts'

/** The database's own clock says when: those who ask compare with the same one. */
const BEAT: Statement = {
  name: 'gateway-beat',
  text: `with old as (delete from gateways where seen_at < now() - interval '1 day')
    insert into gateways (id, seen_at) values ($1, now()) on conflict (id) do update set seen_at = excluded.seen_at`,
}

/** A sign of life, due every five seconds: after twenty without one, what it began counts as cut off. */
export async function writeGatewayBeat(q: Queryable, id: string): Promise<void> {
  await q.affected(BEAT, [id])
}

const GONE: Statement = { name: 'gateway-gone', text: 'delete from gateways where id = $1' }

export async function deleteGateway(q: Queryable, id: string): Promise<void> {
  await q.affected(GONE, [id])
}
