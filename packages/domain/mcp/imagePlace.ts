/** Where the images of one name lie. */
export interface ImagePlace {
  /** Of the registry's API. */
  readonly origin: string
  readonly repository: string
}

/** Names without a host are Docker's own, and it answers elsewhere than its name says. */
const WITHOUT_HOST = 'docker.io'
const ANSWERS_AT: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' }

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`)

/** Reads the name of an image as Docker does; a registry on this very machine is spoken to over plain http. Null: it is none. */
export function imagePlace(name: string): ImagePlace | null {
  const [first = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const host = hasHost ? first : WITHOUT_HOST
  const path = hasHost ? rest.join('/') : name
  const repository = host === WITHOUT_HOST && !path.includes('/') ? `library/${path}` : path
  if (!REPOSITORY.test(repository) || !URL.canParse(`https://${host}`)) return null
  const isHere = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(host)
  return { origin: `${isHere ? 'http' : 'https'}://${ANSWERS_AT[host] ?? host}`, repository }
}

/** `sha256:…` of what is pinned; null where a tag may still be moved. */
export function pinnedDigest({ version, sha256 }: { version: string; sha256?: string | undefined }): string | null {
  if (sha256 !== undefined) return `sha256:${sha256}`
  return /^sha256:[0-9a-f]{64}$/.test(version) ? version : null
}
