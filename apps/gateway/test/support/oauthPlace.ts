import type { CredentialId } from '@errand/contracts'
import { ensureOwner, setCredentialSecret } from '@errand/engine'
import { quietLog, testDatabase } from '@errand/testkit'
import { type AuthServerOptions, startAuthServer } from '@errand/testkit/authServer'
import { sealer } from '@errand/vault'
import { generateVaultKey, publicHalf } from '@errand/vault/open'
import { type BenchOptions, oauthBench } from './oauthBench.ts'

export const REDIRECT = 'http://127.0.0.1:9/oauth/callback'

const open: { close(): Promise<unknown> }[] = []
export const closeLater = (one: { close(): Promise<unknown> }): void => void open.push(one)
/** For `afterEach`: the last that was opened first. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0).toReversed()) await one.close()
}

/** An authorization server with an MCP server, a database, and the credential engine of one gateway over both. */
export async function oauthPlace(options: AuthServerOptions & BenchOptions = {}) {
  const server = await startAuthServer(options)
  closeLater(server)
  const database = await testDatabase()
  closeLater(database)
  const key = await generateVaultKey(new Date())
  const engine = { db: database.db, log: quietLog(), now: () => new Date(), sealer: sealer(publicHalf(key)) }
  const owner = await ensureOwner({ orgName: 'test' }, engine)
  const spec = { type: 'git', host: 'git.example', username: 'x', private: false } as const
  await setCredentialSecret(owner, { name: 'linear', spec }, engine)
  const found = await database.db.pool.query<{ id: CredentialId }>("select id from credentials where name = 'linear'")
  const [credential] = found.rows
  if (credential === undefined) throw new Error('there is no credential')
  const at = {
    databaseUrl: database.url,
    key,
    orgId: owner.orgId,
    credentialId: credential.id,
    mcpUrl: server.mcpUrl,
  }
  const made = oauthBench(at, options)
  closeLater(made)
  const begin = () => made.oauth.begin({ ...made.which, redirectUri: REDIRECT, documentUrl: null, by: 'ada' })
  return {
    ...made,
    server,
    at,
    begin,
    signIn: async (): Promise<void> => {
      const { address } = await begin()
      await made.comeBack(await server.signIn(address))
      await made.oauth.finish(made.which)
    },
    status: async () => (await made.row())?.state.status,
    call: async (token: string): Promise<number> => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      }
      const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
      return (await fetch(server.mcpUrl, { method: 'POST', headers, body })).status
    },
  }
}
