import { isLoopbackName } from './origin.ts'

/**
 * `host`: `__Host-` and Secure, which a browser takes over TLS and on this machine. `plain`: where neither holds, so on
 * a network without TLS, and in Safari, which takes no Secure cookie from http://localhost.
 */
export type CookieKind = 'host' | 'plain'

export function cookieKind(origin: string, userAgent: string | undefined): CookieKind {
  const { protocol, hostname } = new URL(origin)
  if (protocol === 'https:') return 'host'
  return isLoopbackName(hostname) && !isSafari(userAgent ?? '') ? 'host' : 'plain'
}

const PREFIX = { host: '__Host-', plain: '' } as const
const SESSION = 'errand-session'

export function cookieNames(kind: CookieKind): {
  readonly session: string
  readonly passkey: string
  readonly forget: string
} {
  return {
    session: `${PREFIX[kind]}${SESSION}`,
    passkey: `${PREFIX[kind]}errand-passkey`,
    forget: `${PREFIX[kind]}errand-forget`,
  }
}

/** The session's token of a Cookie header. It is followed by a signature, which the token's own 190 random bits make needless. */
export function sessionToken(cookies: string | undefined): string | null {
  const value = cookieValue(cookies, cookieNames('host').session) ?? cookieValue(cookies, cookieNames('plain').session)
  return /^([A-Za-z0-9]{32})\./.exec(value ?? '')?.[1] ?? null
}

function cookieValue(cookies: string | undefined, name: string): string | null {
  for (const pair of (cookies ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined) return value
  }
  return null
}

function isSafari(userAgent: string): boolean {
  return userAgent.includes('AppleWebKit/') && !/Chrome\/|Chromium\//.test(userAgent)
}
