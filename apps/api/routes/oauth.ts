import { createHash } from 'node:crypto'
import { type Fault, FAULTS, toFault } from '@errand/contracts'

export type TakeCallback = (
  query: Readonly<Record<string, string>>,
) => Promise<{ readonly server: string; readonly fault: Fault | null }>

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 32rem; margin: 12vh auto 0; padding: 0 1rem; background: #f0f4f3; color: #112321 }
main { padding: 1.5rem; background: #fbfdfc; border: 1px solid #7a8885; border-radius: 10px 18px 10px 10px }
h1 { margin: 0; font-size: 1.3rem }
a { display: inline-block; padding: .5rem .9rem; border-radius: 6px; background: #074039; color: #fff; font-weight: 600; text-decoration: none }
@media (prefers-color-scheme: dark) {
  body { background: #0e1615; color: #e8efec }
  main { background: #162120; border-color: #6b7a78 }
  a { background: #bce3d6; color: #0e1615 }
}
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * The end of a sign-in, for the browser that comes back. It needs no session: the `state` is known to nobody but the one
 * who began. It leads nowhere but to Errand's own pages, and repeats nothing that stands in the address.
 */
export async function answerCallback(query: Readonly<Record<string, string>>, take: TakeCallback): Promise<Response> {
  const { server, fault } = await take(query).catch((error: unknown) => ({ server: null, fault: toFault(error) }))
  if (fault !== null) {
    const { words, remedy, http } = FAULTS[fault.code]
    return page(http, { title: words, lines: [fault.detail ?? '', remedy], server })
  }
  return page(200, {
    title: `Signed in with ${server}`,
    lines: ['Errand keeps the sign-in sealed and renews it. You can close this page.'],
    server,
    isNew: true,
  })
}

/** What Errand says of itself to authorization servers that read it (a client id metadata document). */
export function clientDocument(address: string) {
  return {
    client_id: `${address}/oauth/client.json`,
    client_name: 'Errand',
    client_uri: address,
    redirect_uris: [`${address}/oauth/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'web',
  }
}

function page(
  status: number,
  {
    title,
    lines,
    server,
    isNew = false,
  }: { title: string; lines: readonly string[]; server: string | null; isNew?: boolean },
): Response {
  const said = lines.filter((line) => line !== '').map((line) => `<p>${escaped(line)}</p>`)
  const where = server === null ? '/mcp' : `/mcp/${encodeURIComponent(server)}${isNew ? '?test' : ''}`
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Errand</title><style>${STYLE}</style>
<main><h1>${escaped(title)}</h1>${said.join('')}<p><a href="${where}">To the server in Errand</a></p></main></html>`
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      // The address holds the code: nothing that is opened from here may learn it.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
}
