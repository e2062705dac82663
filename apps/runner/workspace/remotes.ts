import { RUNNER_PATHS, type RunRepository } from '@errand/contracts'

export interface Rewrite {
  /** What git meets in `.git/config` or in a command. */
  readonly from: string
  /** Where it goes instead: the forwarder, and through it the gateway, which adds the credential. */
  readonly to: string
}

/**
 * How git's addresses of one repository are led to the gateway (`url.<to>.insteadOf`). `.git/config` keeps the real
 * address, so whatever reads the remote still works. Exactly this repository is named: anything else that git fetches
 * takes the way of all other traffic, through the proxy.
 */
export function rewritesOf(repository: Pick<RunRepository, 'url'>, origin: string): readonly Rewrite[] {
  const git = origin + RUNNER_PATHS.git
  const local = /^(?:errand:\/\/)?local\/([^/]+?)(?:\.git)?$/.exec(repository.url)?.[1]
  if (local !== undefined) return [{ from: repository.url, to: `${git}/local/${local}.git` }]
  const url = URL.parse(repository.url)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return []
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '')
  const to = `${git}/${url.protocol.slice(0, -1)}/${url.host}${path}.git`
  const others = [`${url.protocol}//${url.host}${path}.git`, `git@${url.hostname}:${path.slice(1)}.git`]
  const isPlain = repository.url === others[0]
  return [...(isPlain ? [] : [{ from: repository.url, to }]), ...others.map((from) => ({ from, to }))]
}

/** git settings as environment (`GIT_CONFIG_COUNT`): nothing on disk, and stronger than any file. */
export function gitConfigEnv(settings: readonly (readonly [key: string, value: string])[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) }
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  })
  return env
}

export function rewriteSettings(rewrites: readonly Rewrite[]): (readonly [string, string])[] {
  return rewrites.map(({ from, to }) => [`url.${to}.insteadOf`, from])
}
