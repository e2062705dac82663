import { Fault, idSchema } from '@errand/contracts'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import * as z from 'zod'
import { INNER } from './inner.ts'
import { type AuthContext, type Desk, done, withCookies } from './desk.ts'
import type { Answered, Caller } from './innerAuth.ts'

const token = z.string().min(1).max(1000).optional()
/** What a browser's authenticator answers; better-auth checks it. */
const response = z.looseObject({ id: z.string().max(2000) })
const name = z.string().trim().min(1).max(100)

/** Each ceremony is two steps: the question, tied to this browser by a cookie, and the authenticator's answer. */
export function passkeyRoutes(desk: Desk): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.post('/options', (c) => askForPasskey(c, desk))
  app.post('/sign-in', async (c) => {
    const { caller, input } = await desk.open(c, z.strictObject({ response }))
    return done(await desk.inner.ask(caller, { path: '/passkey/verify-authentication', body: input }, refused()))
  })
  app.post('/register-options', (c) => askForNewPasskey(c, desk))
  app.post('/register', (c) => addPasskey(c, desk))
  return app
}

async function askForPasskey(c: AuthContext, { open, inner }: Desk): Promise<Response> {
  const { caller } = await open(c, z.unknown())
  const { body, cookies } = await inner.ask(caller, { path: '/passkey/generate-authenticate-options' }, refused())
  // The plugin only prefers it; the answer without it is refused.
  return withCookies(Response.json({ ...body, userVerification: 'required' }), cookies)
}

async function askForNewPasskey(c: AuthContext, desk: Desk): Promise<Response> {
  const { caller, input } = await desk.open(c, z.strictObject({ token }))
  const inner = await registrant(desk, caller, input.token)
  const asked = { path: '/passkey/generate-register-options?name=owner', inner }
  const { body, cookies } = await desk.inner.ask(caller, asked, refused())
  return withCookies(Response.json(body), cookies)
}

/** With a claim link's token it makes its first owner, who is signed in by that; else it is one more for who is. */
async function addPasskey(c: AuthContext, desk: Desk): Promise<Response> {
  const { caller, input } = await desk.open(c, z.strictObject({ token, name, response }))
  const isClaim = input.token !== undefined
  const inner = await registrant(desk, caller, input.token)
  const asked = {
    path: '/passkey/verify-registration',
    inner: input.token === undefined ? inner : { ...inner, [INNER.claim]: input.token },
    body: { response: input.response, name: input.name, createSession: isClaim },
  }
  const answered = await desk.inner.ask(caller, asked, refused())
  if (isClaim) await desk.port.revokeOtherSessions(desk.port.owner, sessionIdIn(answered))
  return done(answered)
}

async function registrant(desk: Desk, caller: Caller, claimToken: string | undefined): Promise<Record<string, string>> {
  if (claimToken !== undefined) return { [INNER.user]: (await desk.port.readClaimLink(claimToken)).userId }
  const actor = await desk.sessionOf(caller)
  desk.port.requireFreshSession(actor)
  return { [INNER.user]: actor.userId }
}

const opened = z.object({ session: z.object({ id: idSchema('session') }) })

function sessionIdIn({ body }: Answered) {
  return opened.parse(body).session.id
}

function refused(): Fault {
  return new Fault('passkey.refused')
}
