import { generateKeyPairSync, verify } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const APP = '12345'
const INSTALLATION = '678'

/** GitHub, as far as it gives tokens to an app: it believes only what the app has signed, for no longer than it should. */
export async function startGithubApi() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const minted: string[] = []
  const state = { lifetimeMs: 3_600_000, trouble: null as number | null }
  const problemOf = (authorization: string): string | null => {
    const [head = '', claims = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
    const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))
    if (!isSigned) return 'A JSON web token could not be decoded'
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string }
    const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number | string>
    const now = Date.now() / 1000
    const isTimely = Number(iat) <= now && Number(exp) > now && Number(exp) - now <= 600
    return alg === 'RS256' && iss === APP && isTimely ? null : 'Its claims do not fit'
  }
  const server = createServer((request, response) => {
    const say = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (state.trouble !== null) return say(state.trouble, { message: 'trouble' })
    if (request.url !== `/api/v3/app/installations/${INSTALLATION}/access_tokens`)
      return say(404, { message: 'Not Found' })
    const problem = problemOf(request.headers.authorization ?? '')
    if (problem !== null) return say(401, { message: problem })
    minted.push(`ghs_canary${minted.length}c0ffee`)
    say(201, { token: minted.at(-1), expires_at: new Date(Date.now() + state.lifetimeMs).toISOString() })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    spec: {
      type: 'github-app' as const,
      appId: APP,
      installationId: INSTALLATION,
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`,
      private: true,
    },
    pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    minted,
    state,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
