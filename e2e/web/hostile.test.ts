import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../harness/browser.ts'
import { holds } from '../harness/owner.ts'
import { artifactOf, type Followed, followed } from '../harness/runs.ts'
import { openSite } from '../harness/site.ts'

let run: Followed
/** Stands for everywhere else: whatever reaches it has left Errand. */
let beacon: Server
const reached: string[] = []

/** Everything that a run could leave behind to act when it is looked at. */
const SCRIPT = String.raw`
echo "<script>top.pwned=1</script>" > '<b onclick=alert(1)>x.html'
printf 'if (admin\342\200\256) {\n' > trojan.ts
printf 'x\n' > "$(printf 'two\nlines')"
cd "$ERRAND_ARTIFACTS"
cat > report.md <<'MD'
# Report
[bad](javascript:top.pwned=2) [data](data:text/html,<script>1</script>) ![beacon](http://127.0.0.1:BEACON/beacon.png)
<script>top.pwned=3</script><img src=x onerror="top.pwned=4"><iframe src="/"></iframe>
MD
cat > page.html <<'HTML'
<meta http-equiv="refresh" content="0;url=/trpc/account.me"><base href="http://127.0.0.1:BEACON/">
<h1>A page</h1><script>top.pwned=5;fetch("/trpc/runs.list");location="/"</script>
<img src="http://127.0.0.1:BEACON/i.png"><link rel=stylesheet href="http://127.0.0.1:BEACON/s.css"><style>@import "http://127.0.0.1:BEACON/t.css"</style>
<iframe src="/"></iframe><form action="/trpc/runs.cancel" method=post><button>go</button></form><a href="/settings" target=_top>top</a>
HTML
cat > picture.svg <<'SVG'
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.pwned=6"><script>top.pwned=7</script><image href="http://127.0.0.1:BEACON/s.png"/><rect width="9" height="9"/></svg>
SVG
printf 'a,<img src=x onerror=top.pwned=8>\n=cmd(),"<script>top.pwned=9</script>"\n' > table.csv
echo '{"__proto__":{"x":1},"a":"<script>top.pwned=10</script>"}' > data.json
printf '\033]0;title\007\033]52;c;aGFjaw==\007\033]8;;http://127.0.0.1:BEACON/\033\\link\033]8;;\033\\\n\033[31mred\033[0m <b>bold</b>\n' > run.log
echo x > "$(printf 'in\nvoice\342\200\256gpj.exe')"
echo x > '<img src=x onerror=top.pwned=11>.txt'
`

const { errand, visit, close } = await openSite()
beforeAll(async () => {
  beacon = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(beacon, 'listening')
  const script = SCRIPT.replaceAll('BEACON', String((beacon.address() as AddressInfo).port))
  run = await followed(errand, ['--agent', 'shell', '--repo', 'local/demo', script])
})
afterAll(async () => {
  beacon.close()
  await close()
})

interface Watched extends Person {
  /** What tried to speak to the person. */
  readonly dialogs: string[]
}

async function watched(): Promise<Watched> {
  const person = await visit('desk', 'light')
  const dialogs: string[] = []
  person.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  return { ...person, dialogs }
}

async function isUntouched({ page, dialogs }: Watched, path: string): Promise<void> {
  expect(await page.evaluate('typeof window.pwned')).toBe('undefined')
  expect(dialogs).toEqual([])
  expect(reached).toEqual([])
  expect(new URL(page.url()).pathname).toBe(path)
}

test('names, Markdown, tables, JSON, pictures and logs are shown and do nothing', async () => {
  const person = await watched()
  const { page } = person
  const path = `/runs/${run.runId}`
  await page.goto(`${path}?tab=artifacts`)
  await page.getByText('in⟨↵⟩voice⟨U+202E⟩gpj.exe').first().waitFor()
  await page.getByText('<img src=x onerror=top.pwned=11>.txt').first().waitFor()
  await holds(person, 'artifacts-hostile')

  const look = async (name: string) => page.getByRole('button', { name: `Look at ${name}`, exact: true }).click()
  await look('report.md')
  await page.locator('.md').getByText('it is not among the artifacts').waitFor()
  expect(await page.locator('.md').locator('script, iframe, img').count()).toBe(0)
  expect(await page.locator('.md a').count()).toBe(0)
  await look('table.csv')
  await page.getByText('<script>top.pwned=9</script>').waitFor()
  await look('data.json')
  await page.getByText('"a": "<script>top.pwned=10</script>"').waitFor()
  await look('picture.svg')
  await expect.poll(() => page.evaluate('document.querySelector("img.picture")?.naturalWidth > 0')).toBe(true)
  await look('run.log')
  await page.getByText('<b>bold</b>').waitFor()
  await page.locator('.ansi-red').waitFor()
  expect(await page.title()).not.toBe('title')
  await holds(person, 'artifact-log-hostile')
  await isUntouched(person, path)
  await person.context.close()
})

test('a patch is text, whatever its names and lines say', async () => {
  const person = await watched()
  const { page } = person
  await page.goto(`/runs/${run.runId}?tab=changes`)
  await page.getByRole('heading', { name: '<b onclick=alert(1)>x.html' }).waitFor()
  await page.getByText('<script>top.pwned=1</script>').waitFor()
  await page.getByText('if (admin⟨U+202E⟩) {').waitFor()
  await page.getByRole('heading', { name: 'two⟨↵⟩lines' }).waitFor()
  await holds(person, 'changes-hostile')
  await isUntouched(person, `/runs/${run.runId}`)
  await person.context.close()
})

test('a web page in its frame runs no script, loads nothing, leads nowhere, and cannot ask the api', async () => {
  const person = await watched()
  const { page, complaints } = person
  const calls: string[] = []
  const { id } = artifactOf(run.outcome, 'page.html')
  await page.goto(`/runs/${run.runId}?tab=artifacts&artifact=${id}`)
  const frame = page.frameLocator('iframe.page-frame')
  await frame.getByRole('heading', { name: 'A page' }).waitFor()
  page.on('request', (request) => calls.push(request.url()))
  await frame.getByRole('button', { name: 'go' }).click()
  await frame.getByRole('link', { name: 'top' }).click()
  await frame.getByRole('heading', { name: 'A page' }).waitFor()
  await expect.poll(() => complaints.some((one) => /form|navigation|sandbox/i.test(one))).toBe(true)
  expect(calls.filter((url) => !url.includes('/trpc/runs.') || url.includes('cancel'))).toEqual([])
  await isUntouched(person, `/runs/${run.runId}`)
  await person.context.close()
})

test('opened by its own address it is a download, or a page without any right', async () => {
  const { id } = artifactOf(run.outcome, 'page.html')
  const headers = { authorization: `Bearer ${await errand.token()}` }
  const plain = await fetch(`${errand.url}/artifacts/${id}`, { headers })
  expect(plain.headers.get('content-disposition')).toMatch(/^attachment/)
  const view = await fetch(`${errand.url}/artifacts/${id}/view`, { headers })
  const policy = view.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^sandbox; default-src 'none'/)
  expect(policy).not.toMatch(/script-src|allow-/)
  expect(view.headers.get('x-content-type-options')).toBe('nosniff')
  const { id: picture } = artifactOf(run.outcome, 'picture.svg')
  expect((await fetch(`${errand.url}/artifacts/${picture}/view`, { headers })).status).toBe(404)
  const stranger = await fetch(`${errand.url}/artifacts/${id}/view`)
  expect(stranger.status).toBe(401)
  await Promise.all([plain.body?.cancel(), view.body?.cancel(), stranger.body?.cancel()])
})
