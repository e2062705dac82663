import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { Fault, HOSTED_PATHS, type HostedRecipe, type OrgId } from '@errand/contracts'
import { formatAuthority, imagePlace, parseAuthority, pinnedDigest } from '@errand/domain'
import { readSealedCredential, readSettings } from '@errand/engine'
import type { Dispatcher } from 'undici'
import type { GatewayDeps } from '../deps.ts'
import { outboundFault } from '../outbound/outbound.ts'
import type { HostedCall } from './forwardHostedEgress.ts'
import { challengeOf, TAKES_NOT, tokenFor } from './imageTokens.ts'

export type ImageDeps = Pick<GatewayDeps, 'engine' | 'config' | 'credentials' | 'outbound'>

export interface ImageAsk {
  readonly orgId: OrgId
  readonly package: HostedRecipe['package']
  readonly kind: 'manifests' | 'blobs'
  /** A tag or a digest. */
  readonly reference: string
  readonly signal: AbortSignal
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const MAX_REDIRECTS = 5
const MAX_MANIFEST_BYTES = 4 * 2 ** 20
const RESOLVE_MS = 30_000

/** The way to one place of an organisation: only what its owner has opened may be private, and plain. */
export type OpenedFor = (url: URL) => string | null

/**
 * Asks the registry of an image, as the OCI distribution API has it: with a token where its service wants one, and on
 * to where it keeps its blobs. What sandboxes get of it comes this way, so that they need no way out and no password.
 * Faults `mcp.install-failed`, `mcp.registry-unset`, `outbound.…`.
 */
export async function askImageRegistry(ask: ImageAsk, deps: ImageDeps): Promise<Dispatcher.ResponseData> {
  const place = imagePlace(ask.package.name, deps.config.imageRegistries)
  if (place.kind === 'no-name')
    throw new Fault('mcp.install-failed', `${ask.package.name} is not the name of an image.`)
  if (place.kind === 'no-registry') throw new Fault('mcp.registry-unset', `${ask.package.name}.`)
  const opened = await openedFor(ask.orgId, deps)
  const url = new URL(`${place.origin}/v2/${place.repository}/${ask.kind}/${ask.reference}`)
  const first = await request(url, { headers: { accept: MANIFESTS }, opened, signal: ask.signal }, deps)
  const challenge = first.statusCode === 401 ? challengeOf(first.headers['www-authenticate']) : null
  if (challenge === null) return await checked(first, url, ask)
  await first.body.dump()
  const login = await loginOf(ask, deps)
  const authorization = await tokenFor({ challenge, login, repository: place.repository, opened }, deps)
  const headers = { accept: MANIFESTS, authorization }
  return await checked(await request(url, { headers, opened, signal: ask.signal }, deps), url, ask)
}

/** The digest that a tag has now. Faults as `askImageRegistry`. */
export async function resolveImage(
  { orgId, package: wanted }: Pick<ImageAsk, 'orgId' | 'package'>,
  deps: ImageDeps,
): Promise<string> {
  const signal = AbortSignal.timeout(RESOLVE_MS)
  const ask = { orgId, package: wanted, kind: 'manifests', reference: wanted.version, signal } as const
  const { body } = await askImageRegistry(ask, deps)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_MANIFEST_BYTES) throw new Fault('mcp.install-failed', 'Its manifest is too long to be one.')
    hash.update(part)
  }
  return `sha256:${hash.digest('hex')}`
}

/** For an installation: a manifest or a blob of its own image, as the registry gives it. */
export async function giveImagePart(
  { request: { url = '' }, reply, instance }: HostedCall,
  deps: ImageDeps,
): Promise<void> {
  const { orgId, state, recipe } = instance
  if (state !== 'installing' || recipe.package.registry !== 'oci') throw new Fault('token.elsewhere')
  const part = url.slice(HOSTED_PATHS.image.length)
  const [, kind, reference] = /^(manifests|blobs)\/(sha256:[0-9a-f]{64}|\w[\w.-]{0,127})$/.exec(part) ?? []
  if ((kind !== 'manifests' && kind !== 'blobs') || reference === undefined || reply.kind !== 'http')
    throw new Fault('path.unknown')
  const { response } = reply
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const ask = { orgId, package: recipe.package, kind, reference, signal: gone.signal } as const
  const answer = await askImageRegistry(ask, deps)
  const type = answer.headers['content-type']
  response.writeHead(200, { 'content-type': typeof type === 'string' ? type : 'application/octet-stream' })
  await pipeline(answer.body, response)
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly opened: OpenedFor
  readonly signal: AbortSignal
}

/** Registries send on to where they keep blobs; whoever is elsewhere gets no token. */
async function request(
  url: URL,
  { headers, opened, signal }: Sent,
  deps: ImageDeps,
  left = MAX_REDIRECTS,
): Promise<Dispatcher.ResponseData> {
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  if (target === null) throw new Fault('mcp.install-failed', `${url.host} is no address.`)
  if (url.protocol === 'http:' && opened(url) === null)
    throw new Fault(
      'mcp.install-failed',
      `${url.host} is on this machine: it is asked when it is among the private hosts.`,
    )
  deps.outbound.check(opened(url), url)
  let answer: Dispatcher.ResponseData
  try {
    const place = { origin: url.origin, path: `${url.pathname}${url.search}` }
    answer = await deps.outbound.dispatcher(opened(url)).request({ ...place, method: 'GET', headers, signal })
  } catch (error) {
    throw outboundFault(target, error)
  }
  const { location } = answer.headers
  if (![301, 302, 303, 307, 308].includes(answer.statusCode) || typeof location !== 'string') return answer
  await answer.body.dump()
  const next = URL.parse(location, url.href)
  if (next === null || left === 0) throw new Fault('mcp.install-failed', `${url.host} sends on to nowhere.`)
  const { authorization: _token, ...bare } = headers
  const sent = { headers: next.origin === url.origin ? headers : bare, opened, signal }
  return await request(next, sent, deps, left - 1)
}

async function checked(answer: Dispatcher.ResponseData, url: URL, ask: ImageAsk): Promise<Dispatcher.ResponseData> {
  if (answer.statusCode === 200) return answer
  await answer.body.dump()
  const what =
    ask.kind === 'manifests' ? `${ask.package.name}, ${pinnedDigest(ask.package) ?? ask.reference}` : 'a layer'
  const words = {
    401:
      ask.package.credential === undefined
        ? `${url.host} wants a sign-in for ${what}: name a credential (basic) in \`package.credential\`.`
        : `${url.host} ${TAKES_NOT}`,
    403: `${url.host} does not let us have ${what}.`,
    404: `${url.host} does not have ${what}.`,
    429: `${url.host} has been asked too often; try again later.`,
  }[answer.statusCode]
  throw new Fault('mcp.install-failed', words ?? `${url.host} answered ${answer.statusCode} for ${what}.`)
}

async function openedFor(orgId: OrgId, { engine }: ImageDeps): Promise<OpenedFor> {
  const { privateHosts } = await readSettings({ orgId }, engine)
  return (url) => {
    const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
    const name = target === null ? '' : formatAuthority(target)
    return privateHosts.some((one) => one.toLowerCase() === name) ? name : null
  }
}

async function loginOf({ orgId, package: { credential } }: ImageAsk, deps: ImageDeps): Promise<string | null> {
  if (credential === undefined) return null
  const sealed = await readSealedCredential({ orgId, name: credential }, deps.engine)
  if (sealed === null) throw new Fault('credential.missing', `The image wants the credential “${credential}”.`)
  const { spec, secret } = await deps.credentials.open(orgId, sealed)
  if (spec.type === 'basic' && secret !== null)
    return `Basic ${Buffer.from(`${spec.username}:${secret.reveal()}`).toString('base64')}`
  throw new Fault('mcp.install-failed', `${credential} is no name and password: a registry wants the kind basic.`)
}
