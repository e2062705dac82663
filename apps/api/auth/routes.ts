import { Fault } from '@errand/contracts'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import * as z from 'zod'
import { limitBody } from '../limitBody.ts'
import { type AuthContext, createDesk, type Desk, type DeskDeps, done } from './desk.ts'
import type { Answered, Caller } from './innerAuth.ts'
import { passkeyRoutes } from './passkeyRoutes.ts'
import { isPassword, requireGoodPassword, setPassword, signInName } from './password.ts'

const MAX_BODY_BYTES = 64_000
const secret = z.string().min(1).max(1000)

/**
 * Signing in, for pages: JSON in, cookies out. What changes something must come from a page of ours.
 */
export function authRoutes(deps: DeskDeps): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const desk = createDesk(deps)
  app.use(limitBody(MAX_BODY_BYTES))
  app.get('/state', async (c) => c.json(await stateOf(desk)))
  app.post('/claim/check', (c) => checkLink(c, desk))
  app.post('/claim', (c) => claim(c, desk))
  app.post('/sign-in', (c) => signIn(c, desk))
  app.post('/sign-out', async (c) => {
    const { caller } = await desk.open(c, z.unknown())
    return done(await desk.inner.ask(caller, { path: '/sign-out', body: {} }, new Fault('auth.session-ended')))
  })
  app.post('/password', (c) => changePassword(c, desk))
  app.route('/passkey', passkeyRoutes(desk))
  return app
}

async function stateOf({ port }: Desk) {
  const { passkeys, hasPassword } = await port.readWaysIn(port.owner)
  return { isClaimed: passkeys > 0 || hasPassword, hasPasskeys: passkeys > 0, hasPassword }
}

async function checkLink(c: AuthContext, { open, port }: Desk): Promise<Response> {
  const { input } = await open(c, z.strictObject({ token: secret }))
  const { passkeys, hasPassword } = await port.readClaimLink(input.token)
  return c.json({ isClaimed: passkeys > 0 || hasPassword })
}

async function claim(c: AuthContext, desk: Desk): Promise<Response> {
  const { port, inner } = desk
  const { caller, input } = await desk.open(c, z.strictObject({ token: secret, password: secret }))
  requireGoodPassword(input.password)
  const person = await port.consumeClaimLink(input.token)
  await setPassword(inner, caller, { userId: person.userId, password: input.password })
  // Whoever was in before is not who sits at the machine now.
  await port.revokeOtherSessions(person, null)
  return done(await openSession(desk, caller, { userId: person.userId, password: input.password }))
}

async function signIn(c: AuthContext, desk: Desk): Promise<Response> {
  const { caller, input } = await desk.open(c, z.strictObject({ password: secret }))
  const { userId } = desk.port.owner
  return done(await desk.guarded(caller, () => openSession(desk, caller, { userId, password: input.password })))
}

async function changePassword(c: AuthContext, desk: Desk): Promise<Response> {
  const { port, inner } = desk
  const { caller, input } = await desk.open(c, z.strictObject({ current: secret.nullable(), next: secret }))
  const actor = await desk.sessionOf(caller)
  const { userId } = actor
  requireGoodPassword(input.next)
  if ((await port.readWaysIn(actor)).hasPassword) {
    await desk.guarded(caller, async () => {
      if (!(await isPassword(inner, caller, { userId, password: input.current ?? '' }))) throw new Fault('auth.wrong')
    })
  } else port.requireFreshSession(actor)
  await setPassword(inner, caller, { userId, password: input.next })
  // Whoever knew the old one is out.
  await port.revokeOtherSessions(actor, actor.session.id)
  return c.body(null, 204)
}

function openSession(
  { inner }: Desk,
  caller: Caller,
  { userId, password }: { userId: string; password: string },
): Promise<Answered> {
  const body = { email: signInName(userId), password }
  return inner.ask(caller, { path: '/sign-in/email', body }, new Fault('auth.wrong'))
}
