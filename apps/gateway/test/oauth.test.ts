import { until } from '@errand/testkit'
import type { AuthServer, AuthServerOptions } from '@errand/testkit/authServer'
import { afterEach, describe, expect, test } from 'vitest'
import { closeAll, closeLater, oauthPlace as bench, REDIRECT } from './support/oauthPlace.ts'
import { oauthBench } from './support/oauthBench.ts'

afterEach(closeAll)

const refreshes = ({ tokenRequests }: AuthServer) =>
  tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token')

describe('signing in', () => {
  test('with a server that registers clients: from nothing to a call that it takes', async () => {
    const one = await bench()
    await expect(one.oauth.accessToken(one.which)).rejects.toMatchObject({ code: 'mcp.needs-sign-in' })
    const { address } = await one.begin()
    const asked = new URL(address).searchParams
    expect(asked.get('resource')).toBe(one.server.mcpUrl)
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(asked.get('redirect_uri')).toBe(REDIRECT)
    expect(await one.status()).toBe('authorising')
    const back = await one.server.signIn(address)
    expect(back.searchParams.get('iss')).toBe(one.server.origin)
    await one.comeBack(back)
    await one.oauth.finish(one.which)
    expect((await one.row())?.state).toMatchObject({
      status: 'ready',
      client: 'dynamic',
      issuer: one.server.origin,
      signedInBy: 'ada',
      canRefresh: true,
    })
    const { token } = await one.oauth.accessToken(one.which)
    expect(await one.call(token.reveal())).toBe(200)
    expect(one.server.tokenRequests[0]?.get('resource')).toBe(one.server.mcpUrl)
  })

  test.for([
    [
      'a PKCE that is not published',
      { metadata: { code_challenge_methods_supported: null } },
      'sign-in.impossible',
      /PKCE/,
    ],
    ['PKCE without S256', { metadata: { code_challenge_methods_supported: ['plain'] } }, 'sign-in.impossible', /PKCE/],
    [
      'metadata of another issuer',
      { metadata: { issuer: 'https://evil.example' } },
      'sign-in.impossible',
      /another authorization server/,
    ],
    [
      'metadata for another resource',
      { resource: { resource: 'https://other.example/mcp' } },
      'sign-in.impossible',
      /other\.example/,
    ],
    [
      'a sign-in over plain http elsewhere',
      { metadata: { authorization_endpoint: 'http://evil.example/auth' } },
      'outbound.plain-http',
      /evil/,
    ],
    [
      'a sign-in that is a script',
      { metadata: { authorization_endpoint: 'javascript:alert(1)' } },
      'sign-in.impossible',
      /./,
    ],
    [
      'an authorization server on a private network',
      { resource: { authorization_servers: ['https://10.0.0.1'] } },
      'outbound.address-private',
      /10\.0\.0\.1/,
    ],
    [
      'metadata at a metadata service',
      { resource: { authorization_servers: ['http://169.254.169.254'] } },
      'outbound.plain-http',
      /169/,
    ],
    [
      'no way to be known there',
      { metadata: { registration_endpoint: null } },
      'sign-in.impossible',
      /register one there/,
    ],
  ] as const)('%s is refused with words', async ([, options, code, words]) => {
    const one = await bench(options)
    await expect(one.begin()).rejects.toMatchObject({ code, message: expect.stringMatching(words) })
    expect((await one.row())?.state).toMatchObject({ status: 'broken', words: expect.stringMatching(words) })
  })

  test('with a switch, a server that keeps silent about PKCE is signed in to', async () => {
    const one = await bench({ metadata: { code_challenge_methods_supported: null }, target: { assumeS256: true } })
    await one.signIn()
    expect(await one.status()).toBe('ready')
  })

  test('parameters of the owner’s go along, and may not replace ours', async () => {
    const one = await bench({ target: { authorizeParams: { audience: 'x' } } })
    expect(new URL((await one.begin()).address).searchParams.get('audience')).toBe('x')
    const other = await bench({ target: { authorizeParams: { redirect_uri: 'https://evil.example' } } })
    await expect(other.begin()).rejects.toMatchObject({ code: 'sign-in.impossible' })
  })

  test('a second sign-in is known by the client of the first', async () => {
    const one = await bench()
    const client = async () => new URL((await one.begin()).address).searchParams.get('client_id')
    expect(await client()).toBe(await client())
  })
})

describe('coming back', () => {
  async function begun() {
    const one = await bench()
    const { address } = await one.begin()
    return { ...one, address, back: await one.server.signIn(address) }
  }

  test('works once: the same state again is refused', async () => {
    const { comeBack, back } = await begun()
    await comeBack(back)
    await expect(comeBack(back)).rejects.toMatchObject({ code: 'sign-in.unknown' })
  })

  test('with a state that nobody was given is refused, and the sign-in goes on', async () => {
    const { comeBack, back, oauth, which } = await begun()
    const forged = new URL(back)
    forged.searchParams.set('state', 'guessed')
    await expect(comeBack(forged)).rejects.toMatchObject({ code: 'sign-in.unknown' })
    await comeBack(back)
    await oauth.finish(which)
  })

  test('too late is refused', async () => {
    const clock = { ms: 0 }
    const one = await bench({ now: () => new Date(Date.now() + clock.ms) })
    const back = await one.server.signIn((await one.begin()).address)
    clock.ms = 601_000
    await expect(one.comeBack(back)).rejects.toMatchObject({ code: 'sign-in.unknown' })
  })

  test.for([
    ['from another issuer', (at: URL) => at.searchParams.set('iss', 'https://evil.example')],
    ['without the issuer that it promised', (at: URL) => at.searchParams.delete('iss')],
  ] as const)('%s is refused before the code goes anywhere', async ([, change]) => {
    const { comeBack, back, oauth, which, server, row } = await begun()
    change(back)
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', 'visit https://evil.example')
    await comeBack(back)
    await expect(oauth.finish(which)).rejects.toMatchObject({ code: 'sign-in.refused' })
    expect(server.tokenRequests).toEqual([])
    const words = (await row())?.state.words ?? ''
    expect(words).toMatch(/another authorization server/)
    expect(words).not.toMatch(/evil/)
  })

  test('with a no: its words are shown', async () => {
    const { comeBack, back, oauth, which, row } = await begun()
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', 'Ada said no')
    await comeBack(back)
    await expect(oauth.finish(which)).rejects.toMatchObject({ code: 'sign-in.refused' })
    expect((await row())?.state).toMatchObject({
      status: 'needs-sign-in',
      words: expect.stringContaining('Ada said no'),
    })
  })

  test('with a code of somebody else’s is refused by the authorization server', async () => {
    const { comeBack, back, oauth, which, status } = await begun()
    back.searchParams.set('code', 'stolen')
    await comeBack(back)
    await expect(oauth.finish(which)).rejects.toMatchObject({ code: 'sign-in.refused' })
    expect(await status()).toBe('needs-sign-in')
  })
})

describe('refresh', () => {
  /** Signed in, with a clock that can be moved on. */
  async function signedIn(options: AuthServerOptions = {}) {
    const clock = { ms: 0 }
    const one = await bench({ ...options, now: () => new Date(Date.now() + clock.ms) })
    await one.signIn()
    const over = () => void (clock.ms += 3_600_000)
    const token = async () => (await one.oauth.accessToken(one.which)).token.reveal()
    return { ...one, clock, over, token }
  }

  test('ahead of the end nobody waits: the old token is given, and a new one fetched', async () => {
    const one = await signedIn()
    const first = await one.token()
    one.clock.ms += 3_600_000 - 200_000
    expect(await one.token()).toBe(first)
    await until(async () => (await one.tokens())?.access !== first, { what: 'the new token' })
    expect(refreshes(one.server)).toHaveLength(1)
  })

  test('fifty calls at the end over two gateways are one refresh', async () => {
    const one = await signedIn()
    one.over()
    const other = oauthBench(one.at, { now: () => new Date(Date.now() + one.clock.ms) })
    closeLater(other)
    const tokens = await Promise.all(
      Array.from({ length: 50 }, async (_, index) =>
        (await (index % 2 === 0 ? one : other).oauth.accessToken(one.which)).token.reveal(),
      ),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(refreshes(one.server)).toHaveLength(1)
    expect(await one.call(tokens[0] ?? '')).toBe(200)
  })

  test.for([500, 503, 429, 'hang-up'] as const)('%s of the authorization server keeps the grant', async (trouble) => {
    const one = await signedIn()
    one.over()
    one.server.trouble = trouble === 'hang-up' ? 'lose' : trouble
    await expect(one.token()).rejects.toMatchObject({ code: 'egress.unreachable' })
    expect((await one.row())?.state).toMatchObject({ status: 'ready', hasTokens: true, failures: 1 })
  })

  test('after trouble it goes on by itself', async () => {
    const one = await signedIn()
    one.over()
    one.server.trouble = 503
    await expect(one.token()).rejects.toMatchObject({ code: 'egress.unreachable' })
    one.server.trouble = null
    expect(await one.call(await one.token())).toBe(200)
    expect((await one.row())?.state).toMatchObject({ status: 'ready', failures: 0, words: null })
  })

  test('an answer that gets lost costs nothing where the server takes the old token until the next was used', async () => {
    const one = await signedIn({ reuse: 'until-next' })
    one.over()
    one.server.trouble = 'lose'
    await expect(one.token()).rejects.toMatchObject({ code: 'egress.unreachable' })
    one.server.trouble = null
    expect(await one.call(await one.token())).toBe(200)
  })

  test('a grant that was revoked needs a sign-in, and says so', async () => {
    const one = await signedIn()
    one.over()
    await one.server.revokeAll()
    await expect(one.token()).rejects.toMatchObject({ code: 'mcp.needs-sign-in' })
    expect((await one.row())?.state).toMatchObject({
      status: 'needs-sign-in',
      words: expect.stringContaining('invalid_grant'),
      hasTokens: false,
    })
    expect((await one.row())?.tokens).toBeNull()
    await one.signIn()
    expect(await one.call(await one.token())).toBe(200)
  })

  test('a token that the server refuses before its time is refreshed once for all who were refused', async () => {
    const one = await signedIn()
    one.clock.ms += 120_000
    const { token } = await one.oauth.accessToken(one.which)
    const answer = new Response(null, { status: 401 })
    const again = await Promise.all(
      Array.from({ length: 10 }, () => one.oauth.refused({ ...one.which, token, answer })),
    )
    expect(new Set(again.map((one) => one.token.reveal())).size).toBe(1)
    expect(refreshes(one.server)).toHaveLength(1)
    const [next] = again
    if (next === undefined) throw new Error('nothing came')
    await expect(one.oauth.refused({ ...one.which, token: next.token, answer })).rejects.toMatchObject({
      code: 'mcp.credential-refused',
    })
    expect(refreshes(one.server)).toHaveLength(1)
  })

  test('more scope needs a person, and what was granted works on', async () => {
    const one = await signedIn()
    const { token } = await one.oauth.accessToken(one.which)
    const answer = new Response(null, {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="write"' },
    })
    await expect(one.oauth.refused({ ...one.which, token, answer })).rejects.toMatchObject({
      code: 'mcp.needs-sign-in',
    })
    expect((await one.row())?.state).toMatchObject({ status: 'needs-consent', wants: 'write' })
    expect(await one.call(await one.token())).toBe(200)
    expect(new URL((await one.begin()).address).searchParams.get('scope')).toMatch(/read.*write/)
  })

  test('a gateway whose clock is off by minutes neither loses the grant nor refreshes in a circle', async () => {
    const one = await signedIn()
    one.clock.ms += 1_800_000
    const late = oauthBench(one.at, { now: () => new Date(Date.now() + one.clock.ms - 240_000) })
    closeLater(late)
    one.clock.ms += 1_795_000
    expect(await one.call(await one.token())).toBe(200)
    await Promise.all([one, late].map((gateway) => gateway.oauth.accessToken(one.which)))
    expect(refreshes(one.server)).toHaveLength(1)
  })

  test('every refresh names the resource', async () => {
    const one = await signedIn()
    one.over()
    await one.token()
    expect(refreshes(one.server)[0]?.get('resource')).toBe(one.server.mcpUrl)
  })

  test('signing out forgets the tokens and tells the authorization server', async () => {
    const one = await signedIn()
    const token = await one.token()
    await one.oauth.signOut(one.which)
    expect((await one.row())?.state.status).toBe('none')
    expect(await one.call(token)).toBe(401)
    await expect(one.token()).rejects.toMatchObject({ code: 'mcp.needs-sign-in' })
  })
})
