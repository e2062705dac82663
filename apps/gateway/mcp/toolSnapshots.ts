import type { McpServerId, McpTool, OrgId } from '@errand/contracts'
import { keptAWhile } from '../keptAWhile.ts'
import { type EngineDeps, keepTools, type KnownMcpTool, readKnownTools, toolSha256 } from '@errand/engine'

export interface ServerRef {
  readonly orgId: OrgId
  readonly serverId: McpServerId
}

export interface ToolSnapshots {
  /** Null while nobody has ever tested the server: then nothing is held back. */
  read(server: ServerRef): Promise<ReadonlyMap<string, KnownMcpTool> | null>
  /** Which of these, as they are now, are held back. What is new or otherwise is kept for a person to see. */
  held(server: ServerRef, tools: readonly McpTool[]): Promise<ReadonlySet<string>>
}

/** An acceptance on a page is heard so late. */
const KEEP_MS = 2_000

/** What was accepted of each server's tools, kept in memory for a moment. */
export function toolSnapshots(engine: Pick<EngineDeps, 'db' | 'now'>): ToolSnapshots {
  const { read, forget } = keptAWhile((server: ServerRef) => readKnownTools(server, engine), {
    keepMs: KEEP_MS,
    nameOf: ({ serverId }) => serverId,
    now: engine.now,
  })
  return {
    read,
    async held(server, tools) {
      const known = await read(server)
      if (known === null) return new Set()
      const now = tools.map((tool) => ({ tool, sha256: toolSha256(tool) }))
      const fresh = now.filter(({ tool, sha256 }) => known.get(tool.name)?.seenSha256 !== sha256)
      if (fresh.length > 0) {
        await keepTools({ ...server, tools: fresh.map(({ tool }) => tool), isWhole: false }, engine)
        forget(server)
      }
      return new Set(
        now.filter(({ tool, sha256 }) => known.get(tool.name)?.acceptedSha256 !== sha256).map(({ tool }) => tool.name),
      )
    },
  }
}
