import { passkey } from '@better-auth/passkey'
import { newId } from '@errand/contracts'
import type { Logger } from '@errand/observe'
import { APIError } from 'better-auth/api'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { type CookieKind, cookieNames } from './cookies.ts'
import { hashedSessions } from './hashedSessions.ts'
import { BASE_PATH, INNER } from './inner.ts'

export interface AuthDeps {
  readonly secret: string
  readonly now: () => Date
  readonly log: Logger
  /** `authDatabase` and `authTables` of the store. */
  readonly database: object
  readonly tables: Record<string, unknown>
  /** Kills the claim link, and says whose it was. Fault `auth.link-dead`. */
  readonly consumeClaimLink: (token: string) => Promise<{ readonly userId: string }>
}

const YEAR_S = 365 * 24 * 3600

/** better-auth for one address: a passkey is bound to its name, a cookie's kind to its safety. */
export function createAuth({ origin, kind }: { origin: string; kind: CookieKind }, deps: AuthDeps) {
  const names = cookieNames(kind)
  const adapter = drizzleAdapter(deps.database, { provider: 'pg', schema: deps.tables, transaction: true })
  return betterAuth({
    appName: 'Errand',
    baseURL: origin,
    basePath: BASE_PATH,
    secret: deps.secret,
    database: hashedSessions(adapter),
    trustedOrigins: [origin],
    telemetry: { enabled: false },
    // Ours counts wrong passwords; theirs would count right ones too.
    rateLimit: { enabled: false },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 200 },
    account: { encryptOAuthTokens: true },
    // How long a session lives when it is used, and when it is not, is the engine's rule; this is the cookie's end.
    session: { expiresIn: YEAR_S, disableSessionRefresh: true, cookieCache: { enabled: false } },
    verification: { storeIdentifier: 'hashed' },
    logger: {
      level: 'warn',
      log: (level, message) => deps.log[level === 'error' ? 'warn' : 'debug']({ op: 'auth.note' }, message),
    },
    advanced: {
      useSecureCookies: false,
      defaultCookieAttributes: { secure: kind === 'host', httpOnly: true, sameSite: 'lax', path: '/' },
      cookies: {
        session_token: { name: names.session },
        passkey: { name: names.passkey },
        dont_remember: { name: names.forget },
      },
      ipAddress: { ipAddressHeaders: [INNER.address] },
      database: { generateId: ({ model }) => newId(idKind(model), deps.now()), validateSchema: false },
    },
    plugins: [passkeys(origin, deps)],
  })
}

function idKind(model: string): 'user' | 'session' | 'passkey' | 'login' {
  return model === 'user' || model === 'session' || model === 'passkey' ? model : 'login'
}

/** A passkey is the whole proof here, so the device must have asked for the finger, the face or the PIN. */
function passkeys(origin: string, deps: AuthDeps) {
  return passkey({
    rpID: new URL(origin).hostname,
    rpName: 'Errand',
    origin,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    advanced: { webAuthnChallengeCookie: 'passkey' },
    registration: {
      requireSession: false,
      resolveUser: ({ ctx }) => {
        const id = ctx.headers?.get(INNER.user) ?? null
        if (id === null) throw new APIError('UNAUTHORIZED', { message: 'sign in first' })
        return { id, name: 'owner' }
      },
      afterVerification: async ({ ctx, verification, user }) => {
        if (verification.registrationInfo?.userVerified !== true) throw notVerified()
        const claim = ctx.headers?.get(INNER.claim) ?? null
        if (claim === null) return undefined
        const { userId } = await deps.consumeClaimLink(claim)
        if (userId !== user.id) throw new APIError('UNAUTHORIZED', { message: 'the link is for somebody else' })
        return undefined
      },
    },
    authentication: {
      afterVerification: ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) throw notVerified()
      },
    },
  })
}

function notVerified(): APIError {
  return new APIError('UNAUTHORIZED', { message: 'the device did not check who you are' })
}

export type Auth = ReturnType<typeof createAuth>
