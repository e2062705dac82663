import type { Forge } from '@errand/contracts'
import type { RepositoryAddress } from '../policy/repositoryAddress.ts'

type Remote = RepositoryAddress & { readonly kind: 'remote' }

/** Public hosts whose API is known. Any other says what it is in its credential, or is asked. */
const KNOWN: Readonly<Record<string, Forge>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'codeberg.org': 'gitea',
  'gitea.com': 'gitea',
}

/** `said` is what the git credential says. Undefined: only the host itself can tell. */
export function forgeOf({ target }: Remote, said: Forge | 'none' | undefined): Forge | 'none' | undefined {
  return said ?? (target.port === 443 ? KNOWN[target.host] : undefined)
}

/** The page where a person opens the pull request by hand. */
export function comparePage({
  forge,
  address,
  base,
  branch,
}: {
  forge: Forge
  address: Remote
  base: string
  branch: string
}): string {
  const page = pageOf(address)
  switch (forge) {
    case 'github':
      return `${page}/compare/${part(base)}...${part(branch)}?expand=1`
    case 'gitea':
      return `${page}/compare/${part(base)}...${part(branch)}`
    case 'gitlab': {
      const query = new URLSearchParams({
        'merge_request[source_branch]': branch,
        'merge_request[target_branch]': base,
      })
      return `${page}/-/merge_requests/new?${query.toString()}`
    }
  }
}

/** Where the host shows the repository to people. */
export function pageOf({ scheme, target, path }: Remote): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  const port = target.port === (scheme === 'https' ? 443 : 80) ? '' : `:${target.port}`
  return `${scheme}://${host}${port}/${encodeURI(path)}`
}

function part(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/')
}
