import type { ImageRegistry } from '@errand/contracts'

/** Where the images of one name lie. */
export type ImagePlace =
  | { readonly kind: 'place'; readonly origin: string; readonly repository: string }
  /** It names no registry, and none is set for such names. */
  | { readonly kind: 'no-registry' }
  | { readonly kind: 'no-name' }

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`)

/**
 * Reads the name of an image as container engines do: one without a registry belongs to the first that is set, and there a
 * name of one word is the library’s. A registry on this very machine is spoken to over plain http.
 */
export function imagePlace(name: string, registries: readonly ImageRegistry[]): ImagePlace {
  const [first = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const common = registries[0]
  const host = hasHost ? first : common?.name
  const path = hasHost ? rest.join('/') : name
  if (!REPOSITORY.test(path)) return { kind: 'no-name' }
  if (host === undefined) return { kind: 'no-registry' }
  const origin = registries.find((one) => one.name === host)?.origin ?? originOf(host)
  if (origin === null) return { kind: 'no-name' }
  return { kind: 'place', origin, repository: host === common?.name && !path.includes('/') ? `library/${path}` : path }
}

function originOf(host: string): string | null {
  const isHere = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(host)
  return URL.canParse(`https://${host}`) ? `${isHere ? 'http' : 'https'}://${host}` : null
}

/** `sha256:…` of what is pinned; null where a tag may still be moved. */
export function pinnedDigest({ version, sha256 }: { version: string; sha256?: string | undefined }): string | null {
  if (sha256 !== undefined) return `sha256:${sha256}`
  return /^sha256:[0-9a-f]{64}$/.test(version) ? version : null
}
