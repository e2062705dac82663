import type { OrgId, RequestId } from '@errand/contracts'
import { CHANNELS } from '../channels.ts'
import type { Queryable, Statement } from '../database.ts'

const ADD: Statement = {
  name: 'gateway-request-add',
  text: `
    with added as (
      insert into gateway_requests (id, org_id, body, created_at, expires_at) values ($1, $2, $3, $4, $5) returning id
    )
    select pg_notify('${CHANNELS.gatewayRequests}', id) from added`,
}

export async function insertGatewayRequest(
  q: Queryable,
  input: { id: RequestId; orgId: OrgId; body: object; now: Date; expiresAt: Date },
): Promise<void> {
  await q.row(ADD, [input.id, input.orgId, JSON.stringify(input.body), input.now, input.expiresAt])
}

const TAKE: Statement = {
  name: 'gateway-request-take',
  text: `
    update gateway_requests set taken_at = $1 where id in (
      select id from gateway_requests where taken_at is null and expires_at > $1 order by id limit $2 for update skip locked
    )
    returning id, org_id as "orgId", body`,
}

/** For the gateway, which serves every organisation: each request is given out once. */
export function takeOpenRequests(
  q: Queryable,
  input: { limit: number; now: Date },
): Promise<{ id: RequestId; orgId: OrgId; body: unknown }[]> {
  return q.rows(TAKE, [input.now, input.limit])
}

const ANSWER: Statement = {
  name: 'gateway-request-answer',
  text: `
    with answered as (
      update gateway_requests set answer = $3, answered_at = $4 where id = $1 and org_id = $2 and answered_at is null
      returning id, org_id, body
    ), tested as (
      update credentials c set last_test = $3::jsonb || jsonb_build_object('at', $5::text, 'version', a.body -> 'version')
      from answered a
      where a.body ->> 'kind' = 'credential.test' and c.org_id = a.org_id and c.name = a.body ->> 'name'
    )
    select pg_notify('${CHANNELS.gatewayAnswers}', id) from answered`,
}

/** The answer of a test stays with its credential, whoever still waits for it. */
export async function answerRequest(
  q: Queryable,
  input: { id: RequestId; orgId: OrgId; answer: object; now: Date },
): Promise<void> {
  await q.row(ANSWER, [input.id, input.orgId, JSON.stringify(input.answer), input.now, input.now.toISOString()])
}

const READ: Statement = {
  name: 'gateway-request-read',
  text: 'select answer from gateway_requests where id = $1 and org_id = $2',
}

/** Null while there is none. */
export async function findAnswer(q: Queryable, input: { id: RequestId; orgId: OrgId }): Promise<unknown> {
  return (await q.row<{ answer: unknown }>(READ, [input.id, input.orgId]))?.answer ?? null
}
