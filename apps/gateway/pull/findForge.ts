import { Fault, type Forge, type OrgId } from '@errand/contracts'
import {
  forgeOf,
  formatAuthority,
  formatRepositoryAddress,
  pageOf,
  parseRepositoryAddress,
  type RepositoryAddress,
} from '@errand/domain'
import type { GatewayDeps } from '../deps.ts'
import type { GitCredential } from '../git/askRemote.ts'
import type { ForgeApi } from './forgeApi.ts'
import { type ForgeAnswer, forgeClient, type ForgeClient } from './forgeClient.ts'
import { forgeFault, RateLimited } from './forgeFault.ts'
import { GITHUB_HEADERS, githubApi } from './github.ts'
import { giteaApi } from './gitea.ts'
import { gitlabApi } from './gitlab.ts'

type Remote = RepositoryAddress & { readonly kind: 'remote' }
type Deps = Pick<GatewayDeps, 'git' | 'now'>

export interface FoundForge {
  readonly forge: Forge
  readonly api: ForgeApi
  /** What a host says may repeat the token that it refuses; this takes it out. */
  readonly redact: (fault: Fault) => Fault
}

/**
 * The API of the host of a repository, with the credential for it. `forge`: what it was the last time. Faults: `pull.local`, `pull.forge-unknown`,
 * `repository.credential-missing`, `egress.…`.
 */
export async function findForge(
  { orgId, repository, forge: known }: { orgId: OrgId; repository: string; forge?: Forge },
  deps: Deps,
): Promise<FoundForge> {
  const address = parseRepositoryAddress(repository)
  if (address.kind !== 'remote') throw new Fault('pull.local', `${repository}.`)
  const credential = await deps.git.readGitCredential(orgId, address.target)
  if (credential === null)
    throw new Fault('repository.credential-missing', `${formatAuthority(address.target).replace(/:443$/, '')}.`)
  const redact = (fault: Fault) => redacted(fault, credential.secret.reveal())
  try {
    const forge = forgeOf(address, credential.forge) ?? known ?? (await probe({ address, credential }, deps))
    if (forge === 'none' || forge === null) throw new Fault('pull.forge-unknown', `Its page: ${pageOf(address)}`)
    const at = { address, credential, forge }
    return { forge, redact, api: apiOf(forge, clientOf(at, deps), { address, now: deps.now }) }
  } catch (error) {
    throw error instanceof Fault ? redact(error) : error
  }
}

function apiOf(forge: Forge, client: ForgeClient, { address, now }: { address: Remote; now: () => Date }): ForgeApi {
  switch (forge) {
    case 'gitlab':
      return gitlabApi(client, address.path, now)
    case 'github':
      return githubApi(client, ownerAndName(address), now)
    case 'gitea':
      return giteaApi(client, ownerAndName(address), now)
  }
}

function clientOf(
  { address, credential, forge }: { address: Remote; credential: GitCredential; forge: Forge },
  { git }: Pick<Deps, 'git'>,
): ForgeClient {
  const token = credential.secret.reveal()
  const common = { address, credential, dispatchers: git.dispatchers }
  const isPublicGithub = address.target.host === 'github.com'
  switch (forge) {
    case 'github':
      return forgeClient({
        ...common,
        ...(isPublicGithub ? { apiOrigin: 'https://api.github.com' } : {}),
        base: isPublicGithub ? '' : '/api/v3',
        headers: { ...GITHUB_HEADERS, authorization: `Bearer ${token}` },
      })
    case 'gitlab':
      return forgeClient({ ...common, base: '/api/v4', headers: { authorization: `Bearer ${token}` } })
    case 'gitea': {
      // It may live below a path of its host.
      const prefix = address.path.split('/').slice(0, -2).map(encodeURIComponent).join('/')
      const base = `${prefix === '' ? '' : `/${prefix}`}/api/v1`
      return forgeClient({ ...common, base, headers: { authorization: `token ${token}` } })
    }
  }
}

function ownerAndName(address: Remote): string {
  const parts = address.path.split('/')
  if (parts.length < 2)
    throw new Fault(
      'repository.not-found',
      `${formatRepositoryAddress(address)} does not name an owner and a repository.`,
    )
  return parts.slice(-2).join('/')
}

const TELLS: readonly (readonly [forge: Forge, path: string, isIt: (answer: ForgeAnswer) => boolean])[] = [
  ['gitea', '/version', ({ json }) => hasText(json, 'version') && !hasText(json, 'revision')],
  ['gitlab', '/version', ({ json }) => hasText(json, 'revision')],
  ['github', '/meta', ({ headers }) => headers['x-github-request-id'] !== undefined],
]

/** Asks each kind's own question of who it is. Faults where the host would tell, and not to this credential, or not now. */
async function probe(
  { address, credential }: { address: Remote; credential: GitCredential },
  deps: Deps,
): Promise<Forge | null> {
  const refusals: Fault[] = []
  for (const [forge, path, isIt] of TELLS) {
    const client = clientOf({ address, credential, forge }, deps)
    const answer = await client.ask({ path })
    if (answer.status === 200 && isIt(answer)) return forge
    const fault = forgeFault(answer, client, deps.now())
    if (fault instanceof RateLimited) throw fault
    if (fault.code === 'repository.credential-refused') refusals.push(fault)
  }
  const [refusal] = refusals
  if (refusal !== undefined) throw refusal
  return null
}

function hasText(json: unknown, field: string): boolean {
  return typeof json === 'object' && json !== null && typeof Reflect.get(json, field) === 'string'
}

function redacted(fault: Fault, secret: string): Fault {
  if (fault.detail?.includes(secret) !== true) return fault
  return new Fault(fault.code, fault.detail.replaceAll(secret, '[secret]'), { cause: fault })
}
