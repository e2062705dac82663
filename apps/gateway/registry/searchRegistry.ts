import { createHash } from 'node:crypto'
import { type OrgId, type RegistryHit, registryServerSchema, type RegistrySearch, toFault } from '@errand/contracts'
import { formatAuthority, parseAuthority } from '@errand/domain'
import { findKeptHits, keepRegistryHits } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { parseJson } from '../parseJson.ts'

const PAGE = 50
const LIMITS = { timeoutMs: 10_000, maxBytes: 4 * 1024 * 1024 }
const OFFICIAL = 'io.modelcontextprotocol.registry/official'

type Json = Readonly<Record<string, unknown>>

/** One page of a registry's answer (API v0.1), kept for later. When it does not answer: what it said earlier. */
export async function searchRegistry(
  { orgId, text }: { orgId: OrgId; text: string },
  { engine, outbound, config }: Pick<GatewayDeps, 'engine' | 'outbound' | 'config'>,
): Promise<RegistrySearch> {
  const registry = config.mcpRegistryUrl
  try {
    const url = new URL(`${registry}/v0.1/servers`)
    url.search = new URLSearchParams({
      limit: String(PAGE),
      version: 'latest',
      ...(text === '' ? {} : { search: text }),
    }).toString()
    // Whoever runs Errand named this place in a setting: it may be on their own network.
    const response = await outbound.fetch(openedBySetting(url), LIMITS)(url, {
      headers: { accept: 'application/json' },
    })
    if (response.status !== 200)
      return await findKeptHits({ orgId, registry, text, words: `${registry} answered ${response.status}.` }, engine)
    const found = readPage(await response.text())
    if (found === null)
      return await findKeptHits(
        { orgId, registry, text, words: `${registry} answered something else than a list.` },
        engine,
      )
    await keepRegistryHits({ orgId, registry, hits: found.hits }, engine)
    return { registry, ...found }
  } catch (error) {
    const fault = toFault(error)
    if (fault.code === 'internal.error' || fault.code === 'registry.unreachable') throw error
    return findKeptHits({ orgId, registry, text, words: fault.detail ?? fault.message }, engine)
  }
}

function openedBySetting(url: URL): string | null {
  const target = parseAuthority(url.host, url.protocol === 'http:' ? 80 : 443)
  return target === null ? null : formatAuthority(target)
}

function readPage(text: string): { hits: RegistryHit[]; unreadable: number } | null {
  const page = parseJson(text)
  if (!isObject(page) || !Array.isArray(page['servers'])) return null
  const read = page['servers'].map(readHit)
  const hits = new Map<string, RegistryHit>()
  for (const hit of read) if (hit !== null && hit.status !== 'deleted') hits.set(hit.server.name, hit)
  return { hits: [...hits.values()], unreadable: read.filter((hit) => hit === null).length }
}

function readHit(answer: unknown): RegistryHit | null {
  if (!isObject(answer)) return null
  const server = registryServerSchema.safeParse(answer['server'])
  if (!server.success) return null
  const meta = isObject(answer['_meta']) ? answer['_meta'][OFFICIAL] : undefined
  const about: Json = isObject(meta) ? meta : {}
  const [status, message, updatedAt] = [
    about['status'],
    about['statusMessage'],
    about['updatedAt'] ?? about['publishedAt'],
  ]
  return {
    server: server.data,
    status: status === 'deprecated' || status === 'deleted' ? status : 'active',
    sha256: createHash('sha256').update(JSON.stringify(answer['server'])).digest('hex'),
    ...(typeof message === 'string' ? { statusMessage: message } : {}),
    ...(typeof updatedAt === 'string' ? { updatedAt } : {}),
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
