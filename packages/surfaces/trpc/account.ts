import { Fault, idSchema } from '@errand/contracts'
import {
  createClaimLink,
  listPasskeys,
  listSessions,
  readWaysIn,
  removePasskey,
  renamePasskey,
  requireFreshSession,
  revokeOtherSessions,
  revokeSession,
} from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const session = z.strictObject({ id: idSchema('session') })
const passkey = z.strictObject({ id: idSchema('passkey') })

const sessions = router({
  /** `isThis` marks the one that asks. */
  list: procedure.query(async ({ ctx }) => {
    const all = await listSessions(ctx.actor, ctx.engine)
    return all.map((one) => ({ ...one, isThis: one.id === ctx.actor.session?.id }))
  }),
  revoke: procedure.input(session).mutation(({ ctx, input }) => revokeSession(ctx.actor, input.id, ctx.engine)),
  revokeOthers: procedure.mutation(({ ctx }) =>
    revokeOtherSessions(ctx.actor, ctx.actor.session?.id ?? null, ctx.engine),
  ),
})

const passkeys = router({
  list: procedure.query(({ ctx }) => listPasskeys(ctx.actor, ctx.engine)),
  rename: procedure
    .input(passkey.extend({ name: z.string().trim().min(1).max(100) }))
    .mutation(({ ctx, input }) => renamePasskey(ctx.actor, input, ctx.engine)),
  remove: procedure.input(passkey).mutation(({ ctx, input }) => {
    const { session: asking } = ctx.actor
    if (asking !== undefined) requireFreshSession({ session: asking }, ctx.engine.now())
    return removePasskey(ctx.actor, input.id, ctx.engine)
  }),
})

/** Who asks, and how they get in. What needs a browser's cookies (signing in, a new passkey, the password) is at /auth. */
export const account = router({
  me: procedure.query(async ({ ctx }) => ({
    name: ctx.actor.name,
    /** False: by an API token. */
    isSignedIn: ctx.actor.session !== undefined,
    ...(await readWaysIn(ctx.actor, ctx.engine)),
  })),
  sessions,
  passkeys,
  /**
   * A new link that opens the account, for who is locked out. Only for a program on this machine that holds a token: a
   * browser's session must not become a way in for ever.
   */
  createClaimLink: procedure.mutation(async ({ ctx }) => {
    if (!ctx.isLocal || ctx.actor.session !== undefined) throw new Fault('auth.local-only')
    return { token: await createClaimLink(ctx.actor, ctx.engine) }
  }),
})
