import type { OrgId } from '@errand/contracts'
import type { GatewayAnswer, GatewayRequestBody } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'

type Ask = Extract<GatewayRequestBody, { kind: `mcp.${'sign-in' | 'exchange' | 'sign-out'}` }>

/** What a person asks about a sign-in, which the gateway alone can do. Throws a fault in words. */
export async function answerSignIn(
  { orgId, body }: { orgId: OrgId; body: Ask },
  { oauth, config }: Pick<GatewayDeps, 'oauth' | 'config'>,
): Promise<Omit<GatewayAnswer, 'ms'>> {
  const which = { orgId, credential: body.credential }
  switch (body.kind) {
    case 'mcp.sign-in': {
      const { origin, by } = body
      const documentUrl = config.clientDocumentUrl ?? documentAt(origin)
      const { address, expiresAt } = await oauth.begin({
        ...which,
        redirectUri: `${origin}/oauth/callback`,
        documentUrl,
        by,
      })
      return { ok: true, words: 'It can begin.', value: { address, expiresAt: expiresAt.toISOString() } }
    }
    case 'mcp.exchange':
      await oauth.finish(which)
      return { ok: true, words: 'Signed in.' }
    case 'mcp.sign-out':
      await oauth.signOut(which)
      return { ok: true, words: 'Signed out.' }
  }
}

/** The document that the api serves about us: of use where authorization servers can reach it. */
function documentAt(origin: string): string | null {
  const { protocol, hostname } = new URL(origin)
  const isReachable =
    protocol === 'https:' && hostname.includes('.') && !/^[\d.]+$|^\[|\.(local|internal|lan|home)$/.test(hostname)
  return isReachable ? `${origin}/oauth/client.json` : null
}
