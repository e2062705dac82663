import { Fault } from '@errand/contracts'
import { gatewayPath, parseRepositoryAddress, upstreamPath } from '@errand/domain'
import { discard, type GitAnswer } from './gitAnswer.ts'
import { type GitRequest, servicePath } from './gitRequest.ts'
import type { Permitted } from './serveGit.ts'

/**
 * The headers of a redirect of a renamed repository, leading back through the gateway: git would leave for the host
 * itself, without a credential. Fault `upstream.rejected` when the caller may not go there.
 */
export function followedRedirect(answer: GitAnswer, { asked, caller }: Permitted): Readonly<Record<string, string>> {
  const { location, ...rest } = answer.headers
  const { path, query } = servicePath(asked)
  const prefix = movedTo(location, asked)
  const to = parseRepositoryAddress(prefix)
  if (to.kind !== 'remote' || !caller.followRename(asked.address, to)) {
    discard(answer)
    throw new Fault(
      'upstream.rejected',
      `The repository has moved to ${prefix === '' ? 'where git cannot follow' : prefix}: name the new address.`,
    )
  }
  return { ...rest, location: `${gatewayPath(to)}/${path}?${query}` }
}

/** The address of the repository in a `Location`, which may be relative; '' when it leads to something else. */
export function movedTo(location: string | undefined, asked: GitRequest): string {
  const { address } = asked
  const { path } = servicePath(asked)
  if (location === undefined || address.kind === 'local') return ''
  const base = `${address.scheme}://${address.target.host}:${address.target.port}${upstreamPath(address)}/${path}`
  if (!URL.canParse(location, base)) return ''
  const { origin, pathname } = new URL(location, base)
  return pathname.endsWith(`/${path}`) ? `${origin}${pathname.slice(0, -path.length - 1)}` : ''
}
