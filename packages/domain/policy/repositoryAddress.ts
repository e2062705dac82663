import { nameSchema } from '@errand/contracts'
import { formatAuthority, parseAuthority, type Target } from './hostPolicy.ts'

/** Where a repository is, in one spelling: two addresses of the same repository are equal field by field. */
export type RepositoryAddress =
  | { readonly kind: 'local'; readonly name: string }
  /** `path` is decoded, without slashes around it and without `.git`; `suffix` is what was there of that. */
  | {
      readonly kind: 'remote'
      readonly scheme: 'https' | 'http'
      readonly target: Target
      readonly path: string
      readonly suffix: '' | '.git'
    }

export type ParsedAddress = RepositoryAddress | { readonly kind: 'invalid'; readonly words: string }

const DEFAULT_PORTS = { https: 443, http: 80 } as const
const MAX_PATH = 1000

/** Before `local/<name>`, so that git takes it for an address and not for a folder. */
const GIT_SCHEME = 'errand://'

/**
 * What a person writes, or git shows: `local/<name>` (`errand://local/<name>`) or an http(s) address. `words` says what
 * is wrong, in one sentence.
 */
export function parseRepositoryAddress(text: string): ParsedAddress {
  const [, local] = /^(?:errand:\/\/)?local\/(.*)$/s.exec(text) ?? []
  if (local !== undefined) return parseLocal(local)
  const [, scheme, authority, path] = /^(https?):\/\/([^/?#]*)([^?#]*)$/i.exec(text) ?? []
  if (scheme === undefined || authority === undefined || path === undefined) {
    return invalid(
      /^(ssh|git):\/\/|^[^/:@\s]+@[^/:\s]+:/.test(text)
        ? 'Use the https:// address of the repository: the credential is added on the way, no key is needed.'
        : 'A repository is local/<name> or an https:// address without query.',
    )
  }
  if (authority.includes('@'))
    return invalid('An address holds no user name and no password: add a git credential for the host instead.')
  return parseRemote(scheme.toLowerCase() === 'http' ? 'http' : 'https', authority, path.replace(/^\//, ''))
}

/** As a person would write it, and as lists show it. */
export function formatRepositoryAddress(address: RepositoryAddress): string {
  if (address.kind === 'local') return `local/${address.name}`
  return `${address.scheme}://${authorityOf(address)}/${encodeURI(address.path)}${address.suffix}`
}

/** What `git remote -v` shows in a sandbox. */
export function gitUrl(address: RepositoryAddress): string {
  return address.kind === 'local'
    ? `${GIT_SCHEME}${formatRepositoryAddress(address)}`
    : formatRepositoryAddress(address)
}

/** Where the gateway serves it: the prefix of git's smart HTTP requests. */
export function gatewayPath(address: RepositoryAddress): string {
  if (address.kind === 'local') return `/git/local/${address.name}.git`
  return `/git/${address.scheme}/${authorityOf(address)}/${encodeURI(address.path)}${address.suffix}`
}

/** The path on the host itself, with its leading slash. */
export function upstreamPath(address: RepositoryAddress & { readonly kind: 'remote' }): string {
  return `/${encodeURI(address.path)}${address.suffix}`
}

/** The inverse of `gatewayPath`: takes the path of a request whose git part is cut off. */
export function parseGatewayPath(path: string): ParsedAddress {
  const [, place, rest] = /^\/git\/(local|https?)\/(.*)$/.exec(path) ?? []
  if (place === undefined || rest === undefined) return invalid('This is not the address of a repository.')
  if (place === 'local') return parseLocal(rest)
  const slash = rest.indexOf('/')
  if (slash < 0) return invalid('The path of the repository is missing.')
  return parseRemote(place === 'http' ? 'http' : 'https', rest.slice(0, slash), rest.slice(slash + 1))
}

export function isSameRepository(a: RepositoryAddress, b: RepositoryAddress): boolean {
  if (a.kind === 'local' || b.kind === 'local') return a.kind === 'local' && b.kind === 'local' && a.name === b.name
  return (
    a.scheme === b.scheme && a.target.host === b.target.host && a.target.port === b.target.port && a.path === b.path
  )
}

function parseLocal(text: string): ParsedAddress {
  const name = text.replace(/\/$/, '').replace(/\.git$/, '')
  return nameSchema.safeParse(name).success
    ? { kind: 'local', name }
    : invalid('The name of a local repository is 1 to 63 lower-case letters, digits and dashes.')
}

function parseRemote(scheme: 'https' | 'http', authority: string, rawPath: string): ParsedAddress {
  const target = parseAuthority(authority, DEFAULT_PORTS[scheme])
  if (target === null) return invalid('The host of the address is not example.org or example.org:8443.')
  const decoded = decodePath(rawPath.replace(/\/+$/, ''))
  if (decoded === null) return invalid('The path of the address is empty, or leads out of itself.')
  const isSuffixed = decoded.endsWith('.git') && !decoded.endsWith('/.git')
  return {
    kind: 'remote',
    scheme,
    target,
    path: isSuffixed ? decoded.slice(0, -'.git'.length) : decoded,
    suffix: isSuffixed ? '.git' : '',
  }
}

/** Null when a part is empty, climbs, or hides a separator: the server behind must see the path that was judged here. */
function decodePath(path: string): string | null {
  if (path.length > MAX_PATH) return null
  const parts: string[] = []
  for (const raw of path.split('/')) {
    const part = decodePart(raw)
    if (part === null || part === '' || part === '.' || part === '..' || /[/\\?#]/.test(part) || /\p{Cc}/u.test(part))
      return null
    parts.push(part)
  }
  return parts.join('/')
}

function decodePart(raw: string): string | null {
  try {
    return decodeURIComponent(raw)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

function authorityOf({ scheme, target }: { readonly scheme: 'https' | 'http'; readonly target: Target }): string {
  const full = formatAuthority(target)
  return target.port === DEFAULT_PORTS[scheme] ? full.slice(0, full.lastIndexOf(':')) : full
}

function invalid(words: string): ParsedAddress {
  return { kind: 'invalid', words }
}
