/** To the sign-in page, and back here afterwards. What was typed is in the drafts. */
export function goSignIn(): void {
  const { pathname, search } = window.location
  if (pathname === '/sign-in' || pathname === '/claim') return
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`)
}

/** Where to go after signing in: a place of ours and nothing else. */
export function placeAfter(next: string | null | undefined): string {
  if (next === null || next === undefined || !next.startsWith('/')) return '/'
  const base = 'http://here.invalid'
  if (!URL.canParse(next, base)) return '/'
  const { origin, pathname, search, hash } = new URL(next, base)
  if (origin !== base || pathname.startsWith('/sign-in')) return '/'
  return pathname + search + hash
}
