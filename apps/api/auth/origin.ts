import type { IncomingHttpHeaders } from 'node:http'

/** What is read of a request's headers, whichever kind of request it is. */
export interface SeenHeaders {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly userAgent: string | undefined
}

export function seenHeaders(headers: IncomingHttpHeaders): SeenHeaders {
  return { host: headers.host, origin: headers.origin, userAgent: headers['user-agent'] }
}

/**
 * The address under which this browser sees Errand: the public one when it came by that, else the name it asked for.
 * Whether there is TLS in front of us only the page itself can tell, when it names itself by the same name.
 */
export function ownOrigin({ host, origin }: SeenHeaders, publicUrl: string | null): string {
  if (publicUrl !== null) {
    const known = new URL(publicUrl)
    if (origin === known.origin || host === known.host) return known.origin
  }
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host) return new URL(origin).origin
  const asked = `http://${host ?? 'localhost'}`
  return URL.canParse(asked) ? new URL(asked).origin : 'http://localhost'
}

/**
 * Whether the page that sent this is one of ours. Browsers name the page with every request that changes something and
 * with every WebSocket; a request that names none was made by a program, or by a browser too old to be trusted here.
 */
export function isFromOwnPage(headers: SeenHeaders, publicUrl: string | null): boolean {
  return headers.origin !== undefined && headers.origin === ownOrigin(headers, publicUrl)
}

/**
 * Where a browser has to come back to, so that it is still signed in there: the public address, or the page's own name.
 * Null for a program, and where the public one is known to everybody.
 */
export function pageOrigin(headers: SeenHeaders, publicUrl: string | null): string | null {
  return publicUrl === null && isFromOwnPage(headers, publicUrl) ? ownOrigin(headers, publicUrl) : null
}

/** Names that no other machine can take: a browser treats them as safe without TLS. */
export function isLoopbackName(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.[\d.]+$/.test(hostname)
  )
}
