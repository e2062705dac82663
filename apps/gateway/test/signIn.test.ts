import { readGrant, saveMcpServer, signOut, startSignIn, takeCallback } from '@errand/engine'
import { until } from '@errand/testkit'
import { type AuthServer, type AuthServerOptions, startAuthServer } from '@errand/testkit/authServer'
import { afterEach, expect, test } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

const ORIGIN = 'http://127.0.0.1:9'

let gateway: LiveGateway
let server: AuthServer
afterEach(async () => {
  await gateway.close()
  await server.close()
})

async function start(options: AuthServerOptions = {}) {
  server = await startAuthServer(options)
  gateway = await startLiveGateway({ grantPollMs: 100, isLoopbackOpen: true })
  const { owner, engine } = gateway
  const spec = {
    type: 'remote',
    url: server.mcpUrl,
    transport: 'streamable-http',
    headers: {},
    private: true,
    callSeconds: 60,
  } as const
  await saveMcpServer(owner, { name: 'linear', spec, baseVersion: 0 }, engine)
  return {
    begin: () => startSignIn(owner, { server: 'linear', origin: ORIGIN }, engine),
    comeBack: (at: URL) => takeCallback(Object.fromEntries(at.searchParams), engine),
    grant: async () => (await readGrant(owner, 'linear', engine)).grant,
  }
}

test('one button: a server without a credential is signed in with, kept fresh, and signed out of', async () => {
  const { begin, comeBack, grant } = await start({ accessTokenSeconds: 4 })
  expect(await grant()).toBeNull()
  const { address } = await begin()
  expect(await grant()).toMatchObject({ status: 'authorising' })
  const back = await server.signIn(address)
  expect(back.href.startsWith(`${ORIGIN}/oauth/callback?`)).toBe(true)
  expect(await comeBack(back)).toEqual({ server: 'linear', fault: null })
  expect(await grant()).toMatchObject({ status: 'ready', signedInBy: gateway.owner.name })
  // Nobody calls: the gateway refreshes ahead of the end, and again.
  await until(() => (server.tokenRequests.length >= 3 ? true : undefined), {
    what: 'two refreshes',
    deadlineMs: 20_000,
  })
  expect(await grant()).toMatchObject({ hasTokens: true })
  const sent = server.tokenRequests.flatMap((form) =>
    ['refresh_token', 'code', 'code_verifier'].map((one) => form.get(one)),
  )
  const rows = await gateway.everyRow()
  for (const secret of sent) if (secret !== null) expect(rows).not.toContain(secret)
  await signOut(gateway.owner, 'linear', gateway.engine)
  expect(await grant()).toMatchObject({ status: 'none', hasTokens: false })
})

test('what cannot be is said in words, to whoever asked and on the page', async () => {
  const { begin, grant } = await start({ metadata: { registration_endpoint: null } })
  await expect(begin()).rejects.toMatchObject({
    code: 'sign-in.impossible',
    detail: expect.stringContaining('clientId'),
  })
  expect(await grant()).toMatchObject({ status: 'broken', words: expect.stringContaining('clientId') })
})

test('a browser that comes back twice, or from nowhere, is refused', async () => {
  const { begin, comeBack } = await start()
  const back = await server.signIn((await begin()).address)
  await comeBack(back)
  await expect(comeBack(back)).rejects.toMatchObject({ code: 'sign-in.unknown' })
  await expect(comeBack(new URL(`${ORIGIN}/?error=x`))).rejects.toMatchObject({ code: 'sign-in.unknown' })
})
