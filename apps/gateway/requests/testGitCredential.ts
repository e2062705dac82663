import type { CredentialSpec, OrgId } from '@errand/contracts'
import { toFault } from '@errand/contracts'
import {
  formatAuthority,
  parseAuthority,
  parseRepositoryAddress,
  type RepositoryAddress,
  upstreamPath,
} from '@errand/domain'
import { listRepositories } from '@errand/engine'
import type { Secret } from '@errand/observe'
import type { GatewayDeps } from '../deps.ts'
import { unreachable } from '../egress/connect.ts'
import type { TestOutcome } from './testCredential.ts'

type GitSpec = Extract<CredentialSpec, { type: 'git' }>
type Remote = Extract<RepositoryAddress, { kind: 'remote' }>

interface GitCredential {
  readonly orgId: OrgId
  readonly spec: GitSpec
  readonly secret: Secret | null
}

const PATIENCE_MS = 30_000
/** Where the well-known hosts say whose token it is. All of them take it as a bearer token. */
const USER_PATHS = ['/api/v4/user', '/api/v1/user', '/api/v3/user']

/**
 * Git has no way to ask "is this token good" without a repository. So: what a fetch would ask of a repository on that
 * host that was used before; with none, the addresses under which well-known hosts name the token's owner.
 */
export async function testGitCredential(credential: GitCredential, deps: GatewayDeps): Promise<TestOutcome> {
  const { orgId, spec, secret } = credential
  if (secret === null) return { ok: false, words: 'The credential has no value yet.' }
  const remote = (await listRepositories({ orgId }, deps.engine))
    .map(({ repository }) => parseRepositoryAddress(repository))
    .find((address): address is Remote => address.kind === 'remote' && isOnHost(address, spec.host))
  return remote === undefined
    ? askForUser({ ...credential, secret }, deps)
    : askForRefs({ ...credential, secret, remote }, deps)
}

async function askForRefs(
  { spec, secret, remote }: GitCredential & { secret: Secret; remote: Remote },
  deps: GatewayDeps,
): Promise<TestOutcome> {
  const basic = Buffer.from(`${spec.username}:${secret.reveal()}`).toString('base64')
  const origin = `${remote.scheme}://${formatAuthority(remote.target)}`
  const tried = `what a fetch asks of ${origin}${upstreamPath(remote)}`
  const answer = await ask(
    {
      origin,
      path: `${upstreamPath(remote)}/info/refs?service=git-upload-pack`,
      authorization: `Basic ${basic}`,
      spec,
    },
    deps,
  )
  if (answer.kind === 'unreachable') return { ok: false, words: `Tried ${tried}: ${answer.words}` }
  if (answer.status === 200) return { ok: true, words: `It works: asked ${tried}, and the host answered.` }
  if (answer.status === 401 || answer.status === 403)
    return { ok: false, words: `Refused: asked ${tried}, and the host answered ${answer.status}.` }
  if (answer.status === 404)
    return {
      ok: false,
      words: `Asked ${tried}; the host says there is no such repository. Hosts say so too when a token may not see it.`,
    }
  return { ok: false, words: `Asked ${tried}; the host answered ${answer.status}.` }
}

async function askForUser(
  { spec, secret }: GitCredential & { secret: Secret },
  deps: GatewayDeps,
): Promise<TestOutcome> {
  const places =
    spec.host === 'github.com'
      ? [{ origin: 'https://api.github.com', path: '/user' }]
      : USER_PATHS.map((path) => ({ origin: `https://${spec.host}`, path }))
  for (const { origin, path } of places) {
    const answer = await ask({ origin, path, authorization: `Bearer ${secret.reveal()}`, spec }, deps)
    const tried = `${origin}${path}, where the host names the token's owner`
    if (answer.kind === 'unreachable') return { ok: false, words: `Tried ${tried}: ${answer.words}` }
    if (answer.status === 200) return { ok: true, words: `It works: asked ${tried}, and it answered.` }
    if (answer.status === 401 || answer.status === 403)
      return { ok: false, words: `Refused: asked ${tried}, and the answer was ${answer.status}.` }
  }
  return {
    ok: false,
    words: `Nothing could be checked: no repository on ${spec.host} has been used yet, and the host has none of the usual addresses that name a token's owner. Use it in a run, then test again.`,
  }
}

type Answer =
  | { readonly kind: 'answer'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly words: string }

async function ask(
  { origin, path, authorization, spec }: { origin: string; path: string; authorization: string; spec: GitSpec },
  deps: GatewayDeps,
): Promise<Answer> {
  const { hostname, port, protocol } = new URL(origin)
  try {
    const dispatcher = spec.private ? deps.git.dispatchers.opened : deps.git.dispatchers.guarded
    const answer = await dispatcher.request({
      origin,
      path,
      method: 'GET',
      headers: { authorization, accept: '*/*', 'user-agent': 'git/2.39 (errand credential test)' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await answer.body.dump()
    return { kind: 'answer', status: answer.statusCode }
  } catch (error) {
    const target = { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) }
    const fault = toFault(unreachable(target, error))
    return { kind: 'unreachable', words: fault.detail ?? fault.message }
  }
}

/** `host` is as in the credential: with a port only where it is not the scheme's own. */
function isOnHost({ scheme, target }: Remote, host: string): boolean {
  const owned = parseAuthority(host, scheme === 'http' ? 80 : 443)
  return owned !== null && owned.host === target.host && owned.port === target.port
}
