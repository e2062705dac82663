import { Fault } from '@errand/contracts'
import { type CookieKind, cookieKind } from './cookies.ts'
import type { Auth } from './createAuth.ts'
import { BASE_PATH, INNER } from './inner.ts'
import { ownOrigin, type SeenHeaders } from './origin.ts'
import type { AuthPort } from './port.ts'

/** Who calls and by which address; made once per request by the route. */
export interface Caller {
  readonly origin: string
  readonly kind: CookieKind
  readonly address: string
  readonly headers: Headers
  readonly seen: SeenHeaders
}

export function callerOf(request: Request, given: { address: string; publicUrl: string | null }): Caller {
  const { headers } = request
  const userAgent = headers.get('user-agent') ?? undefined
  const seen = { host: headers.get('host') ?? undefined, origin: headers.get('origin') ?? undefined, userAgent }
  const origin = ownOrigin(seen, given.publicUrl)
  return { origin, kind: cookieKind(origin, userAgent), address: given.address, headers, seen }
}

interface Asked {
  readonly path: string
  /** Without one it is a GET. */
  readonly body?: unknown
  /** `INNER` headers. */
  readonly inner?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly body: Readonly<Record<string, unknown>>
  readonly cookies: readonly string[]
}

export interface InnerAuth {
  of(caller: Caller): Promise<Auth>
  /** Asks one of better-auth's endpoints in the caller's name. What it refuses is thrown as `refusal`, its words in the log. */
  ask(caller: Caller, asked: Asked, refusal: Fault): Promise<Answered>
}

const MAX_ORIGINS = 16
const FORWARDED = ['cookie', 'user-agent'] as const

/** better-auth, one for each address by which people come; loaded when the first of them signs in. */
export function innerAuth(port: AuthPort): InnerAuth {
  const made = new Map<string, Promise<Auth>>()

  function of({ origin, kind }: Caller): Promise<Auth> {
    const key = `${kind} ${origin}`
    const known = made.get(key)
    if (known !== undefined) return known
    const [oldest] = made.keys()
    // Anybody can ask by any name: what is kept of that is bounded.
    if (made.size >= MAX_ORIGINS && oldest !== undefined) made.delete(oldest)
    const auth = import('./createAuth.ts').then(({ createAuth }) => createAuth({ origin, kind }, port))
    made.set(key, auth)
    return auth
  }

  return {
    of,
    ask: async (caller, { path, body, inner = {} }, refusal) => {
      const auth = await of(caller)
      const headers = new Headers({ origin: caller.origin, [INNER.address]: caller.address, ...inner })
      for (const name of FORWARDED) copyHeader(name, caller.headers, headers)
      if (body !== undefined) headers.set('content-type', 'application/json')
      const request = new Request(`${caller.origin}${BASE_PATH}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = await auth.handler(request)
      const json: unknown = await answer.json()
      const answered = typeof json === 'object' && json !== null ? { ...json } : {}
      if (answer.ok) return { body: answered, cookies: answer.headers.getSetCookie() }
      port.log.debug({ op: 'auth.refuse', path, status: answer.status, answer: answered }, 'refused')
      if (answer.status >= 500) throw new Fault('internal.error')
      throw refusal
    },
  }
}

function copyHeader(name: string, from: Headers, to: Headers): void {
  const value = from.get(name)
  if (value !== null) to.set(name, value)
}
