import { Fault, type McpServerSpec, mcpServerSpecSchema, nameSchema, newId } from '@errand/contracts'
import { isNewerVersion } from '@errand/domain'
import {
  findMcpServer,
  type FrozenServer,
  type InstanceRow,
  insertMcpServerVersion,
  isStorable,
  listAgentRows,
  listCurrentInstances,
  listMcpServerRows,
  listMcpServerVersions,
  listMcpToolRows,
  listRegistryVersions,
  type McpServerRow,
  type McpToolRow,
  type Queryable,
  removeMcpServerRow,
  setMcpServerSource,
  type Transaction,
} from '@errand/store'
import { canonicalJson } from '../config/canonicalJson.ts'
import { renderDocument } from '../config/renderDocument.ts'
import type { Applied } from '../config/types.ts'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import { pinImage } from './pinImage.ts'
import { requireServer } from './requireServer.ts'
import { toToolView } from './tools.ts'
import { stopInstances } from './instances.ts'
import type { HostedView, McpServerPage, McpServerVersionView, McpServerView } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

const MOST_VERSIONS = 500

/** In the order in which they were made. */
export async function listMcpServers({ orgId }: Actor, { db }: Deps): Promise<readonly McpServerView[]> {
  const rows = await listMcpServerRows(db, { orgId })
  const around = await readAround(orgId, rows, db)
  return Promise.all(
    rows.map(async (row) => toView(row, await listMcpToolRows(db, { orgId, serverId: row.id }), around)),
  )
}

/** Fault `mcp.unknown`. */
export async function readMcpServer({ orgId }: Actor, name: string, { db }: Deps): Promise<McpServerPage> {
  const row = await requireServer(db, { orgId, name })
  const [tools, around] = await Promise.all([
    listMcpToolRows(db, { orgId, serverId: row.id }),
    readAround(orgId, [row], db),
  ])
  const toolList = tools.map(toToolView)
  return { ...toView(row, tools, around), source: mcpServerDocument(row), toolList }
}

/** Newest first, the last 500. */
export async function listMcpVersions(
  { orgId }: Actor,
  name: string,
  { db }: Deps,
): Promise<readonly McpServerVersionView[]> {
  const rows = await listMcpServerVersions(db, { orgId, name, limit: MOST_VERSIONS })
  return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }))
}

export interface SaveMcpServer {
  readonly name: string
  readonly spec: McpServerSpec
  /** The version that was changed; 0 for a server that is not there yet. */
  readonly baseVersion: number
}

/** Faults `input.invalid`, and `mcp.moved-on` when the server is not at `baseVersion` any more. */
export async function saveMcpServer(
  actor: Actor,
  input: SaveMcpServer,
  deps: Pick<EngineDeps, 'db' | 'now' | 'feed'>,
): Promise<Applied> {
  const { db, now } = deps
  const name = nameSchema.safeParse(input.name)
  if (!name.success) throw inputFault(name.error)
  const spec = mcpServerSpecSchema.safeParse(input.spec)
  if (!spec.success) throw inputFault(spec.error)
  if (!isStorable(spec.data)) throw new Fault('input.invalid', 'It holds a NUL or half a character.')
  const pinned = await pinImage(actor, { name: name.data, spec: spec.data }, deps)
  return db.transaction(async (tx) => {
    const row = await findMcpServer(tx, { orgId: actor.orgId, name: name.data, isLocked: true })
    const version = row?.version ?? 0
    if (version !== input.baseVersion)
      throw new Fault('mcp.moved-on', `It is at v${version}; yours changes v${input.baseVersion}.`)
    return applyMcpServer(tx, { actor, name: name.data, spec: pinned, source: null, now: now() })
  })
}

/** A new version when the specification is another; otherwise only the text is kept. */
export async function applyMcpServer(
  tx: Transaction,
  { actor, name, spec, source, now }: NewVersion,
): Promise<Applied> {
  const { orgId, userId } = actor
  const row = await findMcpServer(tx, { orgId, name, isLocked: true })
  if (row !== undefined && canonicalJson(row.spec) === canonicalJson(spec)) {
    if (source !== null && row.source !== source)
      await setMcpServerSource(tx, { orgId, id: row.id, version: row.version, source })
    return { kind: 'McpServer', name, change: 'unchanged', version: row.version }
  }
  const version = (row?.version ?? 0) + 1
  const id = row?.id ?? newId('mcpServer', now)
  if (!(await insertMcpServerVersion(tx, { id, orgId, name, version, spec, source, createdBy: userId, now })))
    throw new Fault('name.taken', `Somebody made the MCP server ${name} at the same moment. Try it again.`)
  return { kind: 'McpServer', name, change: row === undefined ? 'created' : 'updated', version }
}

interface NewVersion {
  readonly actor: Actor
  readonly name: string
  readonly spec: McpServerSpec
  readonly source: string | null
  readonly now: Date
}

/** With its versions and tools; what runs of it ends, the records of its calls stay. Faults `mcp.unknown`, `mcp.in-use`. */
export async function removeMcpServer(
  { orgId }: Actor,
  name: string,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<void> {
  const row = await requireServer(db, { orgId, name })
  const users = (await readUsers(orgId, db))(name)
  if (users.length > 0) throw new Fault('mcp.in-use', `${users.join(', ')}.`)
  await removeMcpServerRow(db, { orgId, id: row.id })
  await stopInstances({ orgId, server: name }, { db, now })
}

/** The document it was made of, or one that makes the same. */
export function mcpServerDocument({ name, spec, source }: McpServerRow): string {
  // In the order in which the schema has them: the database has one of its own.
  return source ?? renderDocument({ kind: 'McpServer', name, spec: mcpServerSpecSchema.parse(spec) })
}

/** The servers that an agent uses, as they are now. Fault `mcp.unknown` for one that is not there. */
export async function freezeServers(
  names: readonly string[],
  { orgId, db }: { orgId: Actor['orgId']; db: Queryable },
): Promise<readonly FrozenServer[]> {
  return Promise.all(
    names.map(async (name) => {
      const { id, version, spec } = await requireServer(db, { orgId, name })
      return { id, name, version, spec }
    }),
  )
}

/** Agents by the server that they use. */
async function readUsers(orgId: Actor['orgId'], db: Queryable): Promise<(server: string) => readonly string[]> {
  const agents = await listAgentRows(db, { orgId })
  return (server) =>
    agents
      .filter(({ spec }) => spec.runtime === 'claude-code' && spec.mcp?.some((use) => use.server === server) === true)
      .map(({ name }) => name)
}

/** What stands elsewhere and belongs to a server's view. */
interface Around {
  readonly users: (server: string) => readonly string[]
  readonly instance: (server: string) => InstanceRow | undefined
  readonly newest: (spec: McpServerSpec) => string | undefined
}

async function readAround(
  orgId: Actor['orgId'],
  servers: readonly Pick<McpServerRow, 'spec'>[],
  db: Queryable,
): Promise<Around> {
  const origins = servers.flatMap(({ spec: { origin } }) => origin ?? [])
  const registries = [...new Set(origins.map(({ registry }) => registry))]
  const [users, instances, known] = await Promise.all([
    readUsers(orgId, db),
    listCurrentInstances(db, { orgId }),
    Promise.all(
      registries.map(async (registry) => {
        const names = origins.flatMap((one) => (one.registry === registry ? [one.name] : []))
        return (await listRegistryVersions(db, { orgId, registry, names })).map((one) => ({ registry, ...one }))
      }),
    ),
  ])
  const versions = known.flat()
  return {
    users,
    instance: (server) => instances.find((one) => one.server === server),
    newest: ({ origin }) =>
      versions.find(({ registry, name }) => registry === origin?.registry && name === origin.name)?.version,
  }
}

function toHosted(row: InstanceRow): HostedView {
  const { state, changedAt, startedAt, memoryMib, sessions, starts, crashes, failure, nextAt, bundle } = row
  return {
    ...{ state, memoryMib, sessions, starts, crashes, failure, bundle },
    changedAt: changedAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    nextAt: nextAt?.toISOString() ?? null,
  }
}

function toView(row: McpServerRow, tools: readonly McpToolRow[], around: Around): McpServerView {
  const { name, version, spec, lastTest, updatedAt } = row
  const instance = around.instance(name)
  const newest = around.newest(spec)
  const here = tools.filter(({ isGone }) => !isGone)
  const view = (): McpServerView['lastTest'] => {
    if (lastTest === null) return null
    const { version: tested, ...test } = lastTest
    return { ...test, isOutdated: tested !== version }
  }
  return {
    name,
    version,
    spec,
    updatedAt: updatedAt.toISOString(),
    lastTest: view(),
    agents: around.users(name),
    tools: here.length,
    heldTools: here.filter(({ sha256, acceptedSha256 }) => sha256 !== acceptedSha256).length,
    hosted: instance === undefined ? null : toHosted(instance),
    newerVersion:
      newest !== undefined && spec.origin !== undefined && isNewerVersion(newest, spec.origin.version) ? newest : null,
  }
}
