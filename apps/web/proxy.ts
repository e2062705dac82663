import { type NextRequest, NextResponse } from 'next/server'

/**
 * One policy for every page: scripts carry this request's nonce, nothing is framed, nothing is loaded from elsewhere.
 * Next reads the nonce from the request's policy header and puts it on its own scripts.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const policy = contentPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set('x-errand-nonce', nonce)
  headers.set('x-errand-path', pathOf(request.nextUrl))
  const theme = request.cookies.get('errand-theme')?.value
  if (theme === 'light' || theme === 'dark') headers.set('x-errand-theme', theme)
  else headers.delete('x-errand-theme')
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  response.headers.set('referrer-policy', 'same-origin')
  response.headers.set('x-content-type-options', 'nosniff')
  return response
}

/** As a person sees it: without what Next adds to fetch a part of the page. */
function pathOf({ pathname, searchParams }: NextRequest['nextUrl']): string {
  const search = new URLSearchParams(searchParams)
  search.delete('_rsc')
  return search.size === 0 ? pathname : `${pathname}?${search}`
}

function contentPolicy(nonce: string): string {
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    // Positions of menus and virtual rows are style attributes; style *elements* need the nonce.
    `style-src-elem 'self' 'nonce-${nonce}'`,
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' blob: data:`,
    `media-src 'self' blob:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `frame-src 'self'`,
    `frame-ancestors 'none'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `object-src 'none'`,
  ].join('; ')
}

export const config = { matcher: ['/((?!_next/static|mark.svg|favicon.ico).*)'] }
