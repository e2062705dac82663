import type { RunStatus } from '@errand/contracts'
import { createHash } from 'node:crypto'

export interface Status {
  readonly version: string
  readonly address: string
  readonly startedAt: string
  readonly isIsolated: boolean
  /** How many of the newest `counted` runs are in each state: the page costs the same however long the history is. */
  readonly runs: Partial<Readonly<Record<RunStatus, number>>>
  readonly counted: number
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 }
pre { padding: .8rem 1rem; border: 1px solid #7a8885; border-radius: 6px; overflow-x: auto }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem }
dd { margin: 0 }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** GET /: what runs here and how to use it. No token is asked for, so it holds counts and nothing of anybody's work. */
export function statusPage(status: Status): Response {
  const counts = Object.entries(status.runs)
  const runs =
    counts.length === 0
      ? '<p>No task has been fired yet.</p>'
      : `<p>The newest ${status.counted === 1 ? 'run' : `${status.counted} runs`}:</p><dl>${counts.map(([name, n]) => `<dt>${name}</dt><dd>${n}</dd>`).join('')}</dl>`
  const isolation = status.isIsolated
    ? ''
    : '<p><strong>This machine cannot isolate sandboxes, so only the demo agent runs.</strong> <code>bin/errand doctor</code> says what is missing.</p>'
  return html(`<h1>Errand</h1>
<p>Version ${escape(status.version)}, up since <time>${escape(status.startedAt)}</time>, at ${escape(status.address)}</p>
${isolation}
<h2>Fire a task</h2>
<pre>bin/errand run "Fix the failing test" --repo local/demo --follow
bin/errand runs
bin/errand doctor</pre>
<h2>Runs</h2>
${runs}
<p>For programs: <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></p>`)
}

function html(body: string): Response {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Errand</title><style>${STYLE}</style>${body}</html>`
  return new Response(page, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
