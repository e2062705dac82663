import { changeGrant, findGrantRow } from '@errand/engine'
import type { OauthParts } from './oauthDeps.ts'
import { oauthWords } from './oauthWords.ts'
import type { SignInTarget } from './target.ts'

/** Forgets the tokens, and tells the authorization server (RFC 7009) so that they are worth nothing anywhere. */
export async function revokeGrant(target: SignInTarget, { engine, vault, outbound, log }: OauthParts): Promise<void> {
  const row = await findGrantRow(target.id, engine)
  if (row === null) return
  const [tokens, client] = await Promise.all([vault.tokens(row), vault.client(row)])
  const event = { type: 'signed-out' } as const
  await changeGrant(target.id, () => ({ event, tokens: null, pending: null, stateHash: null }), engine)
  const endpoint = row.discovery?.metadata?.['revocation_endpoint']
  if (typeof endpoint !== 'string' || tokens === null || client === null) return
  const { client_id: clientId } = client.info
  const secret = 'client_secret' in client.info ? client.info.client_secret : undefined
  const body = new URLSearchParams({ token: tokens.refresh ?? tokens.access, client_id: clientId })
  if (secret !== undefined) body.set('client_secret', secret)
  await outbound
    .fetch(target.opened)(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    .catch((error: unknown) =>
      // Nobody has the tokens any more: they end by themselves.
      log.info({ op: 'grant.revoke', ...target.id, words: oauthWords(error) }, 'the server was not told of a sign-out'),
    )
}
