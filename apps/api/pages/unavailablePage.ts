import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem }
code { font-size: .95em }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const RETRY_S = 3

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${RETRY_S}"><title>Errand</title><style>${STYLE}</style>
<main><h1>The pages do not answer right now</h1>
<p>Your runs go on: the server works, only its pages are starting or were stopped. This tries again every ${RETRY_S} seconds.</p>
<p>If it stays so, look for <code>pages</code> in <code>log/errand.log</code> of the data folder. The command line works meanwhile:
<code>bin/errand runs</code></p>
<p><a href="">Try now</a></p></main></html>`

/** Said in words when the web process is not there. */
export function writeUnavailable(response: ServerResponse): void {
  response.writeHead(502, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'retry-after': String(RETRY_S),
  })
  response.end(PAGE)
}
