import { createHash } from 'node:crypto'
import { type Fault, FAULTS, toFault } from '@errand/contracts'

export type TakeCallback = (
  query: Readonly<Record<string, string>>,
) => Promise<{ readonly server: string; readonly fault: Fault | null }>

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem }
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
  return page(200, { title: `Signed in with ${server}`, lines: ['You can close this page.'], server })
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
  { title, lines, server }: { title: string; lines: readonly string[]; server: string | null },
): Response {
  const said = lines.filter((line) => line !== '').map((line) => `<p>${escaped(line)}</p>`)
  const where = server === null ? '/mcp' : `/mcp/${encodeURIComponent(server)}`
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
