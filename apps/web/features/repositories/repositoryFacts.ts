import type { RouterOutputs } from '../../trpc/types.ts'

export type Repository = RouterOutputs['repositories']['list'][number]
type Credential = RouterOutputs['credentials']['list'][number]

/** As people call it: `acme/app`, or `app` for one that is kept here. */
export function shortName({ repository, isLocal }: Pick<Repository, 'repository' | 'isLocal'>): string {
  if (isLocal) return repository.replace(/^local\//, '')
  return URL.canParse(repository) ? new URL(repository).pathname.slice(1).replace(/\.git$/, '') : repository
}

/** `github.com`, or with its port where that is not the web's. */
export function hostOf(repository: string): string {
  return URL.canParse(repository) ? new URL(repository).host : ''
}

/**
 * Which git credential the gateway adds there: the one that names the host most exactly among those with a value. Null:
 * none, so only what is public can be read.
 */
export function credentialFor(repository: string, credentials: readonly Credential[]): string | null {
  if (!URL.canParse(repository)) return null
  const { hostname, port, protocol } = new URL(repository)
  const withPort = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
  const exact = port === '' || port === '80' || port === '443' ? [withPort, hostname] : [withPort]
  const patterns = exact.flatMap((host) => [host, ...widerThan(host)])
  for (const pattern of patterns)
    for (const { name, spec, hasSecret } of credentials)
      if (spec.type === 'git' && hasSecret && spec.host === pattern) return name
  return null
}

function widerThan(host: string): string[] {
  const labels = host.split('.')
  return labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)
}

/** Git over HTTP of one that is kept here; `address` is where this Errand is reached. */
export function cloneUrl(address: string, repository: string): string {
  return `${address}/git/${repository}.git`
}
