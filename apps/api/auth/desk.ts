import { Fault } from '@errand/contracts'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import * as z from 'zod'
import type { Attempts } from '../attempts.ts'
import { sessionToken } from './cookies.ts'
import { type Answered, type Caller, callerOf, innerAuth, type InnerAuth } from './innerAuth.ts'
import { isFromOwnPage } from './origin.ts'
import type { Actor, AuthPort } from './port.ts'

export interface DeskDeps {
  readonly port: AuthPort
  readonly publicUrl: string | null
  /** Of wrong passwords, by address. */
  readonly attempts: Attempts
}

export type AuthContext = Context<{ Bindings: HttpBindings }>
export type SignedIn = Actor & Required<Pick<Actor, 'session'>>

/** What every route of signing in does before its own work. */
export interface Desk {
  readonly port: AuthPort
  readonly inner: InnerAuth
  /** Who calls and what they say. Faults `auth.foreign-page`, `input.invalid`. */
  readonly open: <S extends z.ZodType>(c: AuthContext, schema: S) => Promise<{ caller: Caller; input: z.infer<S> }>
  /** Fault `auth.session-ended`. */
  readonly sessionOf: (caller: Caller) => Promise<SignedIn>
  /** Counts `auth.wrong`. Whoever guesses gets `auth.tries`, a right guess included, until the window is over. */
  readonly guarded: <T>(caller: Caller, check: () => Promise<T>) => Promise<T>
}

export function createDesk({ port, publicUrl, attempts }: DeskDeps): Desk {
  return {
    port,
    inner: innerAuth(port),
    open: async (c, schema) => {
      const { raw } = c.req
      const caller = callerOf(raw, { address: c.env.incoming.socket.remoteAddress ?? '', publicUrl })
      if (!isFromOwnPage(caller.seen, publicUrl)) throw new Fault('auth.foreign-page')
      const parsed = schema.safeParse(await readJson(raw))
      if (!parsed.success) throw new Fault('input.invalid', z.prettifyError(parsed.error))
      return { caller, input: parsed.data }
    },
    sessionOf: async (caller) => {
      const token = sessionToken(caller.headers.get('cookie') ?? undefined)
      const actor = token === null ? null : await port.authenticateSession(token)
      if (actor?.session === undefined) throw new Fault('auth.session-ended')
      return { ...actor, session: actor.session }
    },
    guarded: async (caller, check) => {
      if (attempts.isOver(caller.address)) throw new Fault('auth.tries')
      try {
        return await check()
      } catch (error) {
        if (error instanceof Fault && error.code === 'auth.wrong') attempts.failed(caller.address)
        throw error
      }
    },
  }
}

/** The cookies, and nothing else of what was answered: no page ever sees its session's token. */
export function done({ cookies }: Pick<Answered, 'cookies'>): Response {
  return withCookies(new Response(null, { status: 204 }), cookies)
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  response.headers.set('cache-control', 'no-store')
  return response
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Fault('input.invalid', 'The body is not JSON.', { cause: error })
  }
}
