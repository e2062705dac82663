import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
html { background: Canvas }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem }
code { font-size: .95em }
`
const RETRY_S = 3
/** Nothing moves under whoever reads it, until there is something else to read. */
const SCRIPT = `
setInterval(async () => {
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  if (answer !== null && answer.status !== 502) location.reload()
}, ${RETRY_S * 1000})
`
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Errand</title><style>${STYLE}</style><script>${SCRIPT}</script>
<main><h1>The pages do not answer right now</h1>
<p>Your runs go on: the server works, only its pages are starting or were stopped. This tries again every ${RETRY_S} seconds.</p>
<p>If it stays so, look for <code>pages</code> in <code>log/errand.log</code> of the data folder. The command line works meanwhile:
<code>bin/errand runs</code></p>
<p><a href="">Try now</a></p></main></html>`

/** Said in words when the web process is not there. */
export function writeUnavailable(response: ServerResponse): void {
  response.writeHead(502, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'retry-after': String(RETRY_S),
  })
  response.end(PAGE)
}
