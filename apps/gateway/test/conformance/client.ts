/**
 * `npm run conformance -- client [REVISION]`: the client suite of the Model Context Protocol against the credential
 * engine of the gateway. One line of JSON at the end; the code is not 0 when a required scenario failed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { CredentialId } from '@errand/contracts'
import { ensureOwner, setCredentialSecret } from '@errand/engine'
import { Secret } from '@errand/observe'
import { migrate, openDatabase, startPostgres } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { generateVaultKey, publicHalf } from '@errand/vault/open'
import * as z from 'zod'
import { oauthBench } from '../support/oauthBench.ts'
import { signedHop } from './hop.ts'

const [revision = '2026-07-28', scenario] = process.argv.slice(2)
const askSchema = z.object({
  url: z.string(),
  context: z.looseObject({ client_id: z.string().optional(), client_secret: z.string().optional() }),
})

const folder = await mkdtemp(join(tmpdir(), 'errand-conformance-'))
const log = quietLog()
const postgres = await startPostgres({
  folder: join(folder, 'pg'),
  log,
  settings: { max_connections: '200', fsync: 'off' },
})
const db = openDatabase({ url: postgres.url, log })
await migrate(db)
const key = await generateVaultKey(new Date())
const engine = { db, log, now: () => new Date(), sealer: sealer(publicHalf(key)) }
const owner = await ensureOwner({ orgName: 'conformance' }, engine)

type Hop = ReturnType<typeof signedHop>
const hops: Hop[] = []
let added = 0
const benches: { close(): Promise<unknown> }[] = []

const control = createServer((request, response) => {
  const index = /^\/hop\/(\d+)/.exec(request.url ?? '')?.[1]
  const done =
    index === undefined
      ? text(request).then(async (body) => response.end(JSON.stringify({ hop: await addHop(body) })))
      : hops[Number(index)]?.(request, response)
  done?.catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    if (!response.headersSent) response.writeHead(502)
    response.end()
  })
})
await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(control.address() as AddressInfo).port}`

async function addHop(body: string): Promise<string> {
  const { url, context } = askSchema.parse(JSON.parse(body))
  const index = added++
  const name = `server-${index}`
  await setCredentialSecret(owner, { name, spec: { type: 'oauth', server: name } }, engine)
  const { rows } = await db.pool.query<{ id: CredentialId }>('select id from credentials where name = $1', [name])
  const [credential] = rows
  if (credential === undefined) throw new Error('there is no credential')
  const { client_id: clientId = null, client_secret: secret } = context
  const place = { databaseUrl: postgres.url, key, orgId: owner.orgId, credentialId: credential.id, mcpUrl: url }
  const target = { clientId, clientSecret: secret === undefined ? null : new Secret(secret) }
  const bench = oauthBench(place, { target, maxConnections: 2 })
  benches.push(bench)
  hops[index] = signedHop(bench, url)
  return `${origin}/hop/${index}`
}

const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')
const client = fileURLToPath(new URL('asClient.ts', import.meta.url))
/** A name of a scenario in place of all that the revision requires. */
const which =
  scenario === undefined
    ? ['--requirements', revision]
    : ['--spec-version', revision, '--scenario', scenario, '--verbose']
const command = `${process.execPath} ${client} ${origin}`
const child = spawn(process.execPath, [suite, 'client', '--command', command, '--timeout', '60000', ...which], {
  stdio: ['ignore', 'pipe', 'inherit'],
  cwd: folder,
})
const said = text(child.stdout)
const [code] = (await once(child, 'exit')) as [number]
const output = await said
process.stderr.write(output)
// Those that the revision requires come first; what is not scored is named again at the end.
const scored = [...output.matchAll(/^([✓✗]) (\S+): /gm)].filter(([, , name]) => !output.includes(`  ✗ ${name} (`))
const passed = scored.filter(([, mark]) => mark === '✓').length
const line = { suite: 'client', revision, via: 'gateway', passed, failed: scored.length - passed }
process.stdout.write(`${JSON.stringify(line)}\n`)
control.closeAllConnections()
control.close()
for (const bench of benches) await bench.close()
await db.close()
await postgres.stop()
await rm(folder, { recursive: true, force: true })
process.exitCode = code
