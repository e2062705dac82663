import type { OrgId } from '@errand/contracts'
import { formatAuthority, type Target } from '@errand/domain'
import { type EngineDeps, findGitCredential, listRepositories } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { withDemoRepository } from '../demo/withDemoRepository.ts'
import type { ConnectDeps } from '../egress/connect.ts'
import type { CredentialOpener } from '../openCredential.ts'
import type { RunRecorder } from '../runRecorder.ts'
import { type GitCredential, remoteDispatchers } from './askRemote.ts'
import type { GitDeps } from './gitDeps.ts'
import { localRepositories } from './localRepositories.ts'
import { createPlaces } from './places.ts'
import { createRenames } from './renames.ts'

interface GitParts {
  readonly engine: EngineDeps
  readonly credentials: CredentialOpener
  readonly network: ConnectDeps
  readonly recorder: RunRecorder
  readonly repositoriesFolder: string
  readonly searchPath: string
  readonly log: Logger
}

const PLACES_PER_CALLER = 4

/** All that git traffic needs, over the engine's use cases. */
export function createGitDeps({
  engine,
  credentials,
  network,
  recorder,
  repositoriesFolder,
  searchPath,
  log,
}: GitParts): GitDeps {
  return {
    repositories: withDemoRepository(localRepositories({ folder: repositoriesFolder, searchPath }), { searchPath }),
    dispatchers: remoteDispatchers(network),
    renames: createRenames(),
    readGitCredential: (orgId, target) => readGitCredential({ orgId, target }, { engine, credentials }),
    async isRegistered(orgId, name) {
      const repositories = await listRepositories({ orgId }, engine)
      return repositories.some(({ repository, isLocal }) => isLocal && repository === `local/${name}`)
    },
    recorder,
    searchPath,
    places: createPlaces(PLACES_PER_CALLER),
    log,
  }
}

async function readGitCredential(
  { orgId, target }: { orgId: OrgId; target: Target },
  { engine, credentials }: Pick<GitParts, 'engine' | 'credentials'>,
): Promise<GitCredential | null> {
  for (const host of hostsOf(target)) {
    const sealed = await findGitCredential({ orgId, host }, engine)
    if (sealed === null) continue
    const { name, spec, secret } = await credentials.open(orgId, sealed)
    if (spec.type !== 'git' || secret === null) continue
    return { name, username: spec.username, secret, isPrivate: spec.private, forge: spec.forge }
  }
  return null
}

/** How a credential may name it: with its port, or without when that is the web's. */
function hostsOf(target: Target): readonly string[] {
  const isWeb = target.port === 443 || target.port === 80
  return isWeb ? [formatAuthority(target), target.host] : [formatAuthority(target)]
}
