import type { OrgId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

export interface ClaimLinkRow {
  readonly orgId: OrgId
  readonly userId: UserId
}

const REPLACE_LINKS: Statement = {
  name: 'claim-link-replace',
  text: `with old as (delete from claim_links where org_id = $2 and user_id = $3)
    insert into claim_links (hash, org_id, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)`,
}

/** The new link is the only one: those that were printed before are dead. */
export async function replaceClaimLink(
  q: Queryable,
  link: ClaimLinkRow & { readonly hash: string; readonly createdAt: Date; readonly expiresAt: Date },
): Promise<void> {
  await q.affected(REPLACE_LINKS, [link.hash, link.orgId, link.userId, link.createdAt, link.expiresAt])
}

const FIND_LINK: Statement = {
  name: 'claim-link-find',
  text: 'select org_id as "orgId", user_id as "userId" from claim_links where hash = $1 and expires_at > $2',
}

/** The link says whose it is; everything after it names the organisation. */
export function findClaimLink(q: Queryable, input: { hash: string; now: Date }): Promise<ClaimLinkRow | undefined> {
  return q.row(FIND_LINK, [input.hash, input.now])
}

const TAKE_LINK: Statement = {
  name: 'claim-link-take',
  text: `delete from claim_links where hash = $1 and expires_at > $2
    returning org_id as "orgId", user_id as "userId"`,
}

/** Of two who open it at once, one gets it. */
export function takeClaimLink(q: Queryable, input: { hash: string; now: Date }): Promise<ClaimLinkRow | undefined> {
  return q.row(TAKE_LINK, [input.hash, input.now])
}
