import { type McpTool, mcpToolSchema } from '@errand/contracts'
import { isToolHidden } from '@errand/domain'
import { type Call, grantOf } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { exchangeOf } from './exchange.ts'
import { isObject, type JsonObject } from './message.ts'

/**
 * A message of a server with the tools that the agent may not see taken out of a list of them, and marked as not to be
 * shared with others; the same text where there is nothing to take out.
 */
export async function filterTools(text: string, call: Call, deps: GatewayDeps): Promise<string> {
  if (!text.includes('"tools"')) return text
  const message = parsed(text)
  const result = isObject(message) ? message['result'] : undefined
  const tools = isObject(result) ? result['tools'] : undefined
  if (!isObject(message) || !isObject(result) || !Array.isArray(tools)) return text
  const { use, server } = exchangeOf(call)
  const { orgId } = grantOf(call)
  const read = tools.flatMap((tool: unknown) => toolIn(tool) ?? [])
  const held = await deps.mcp.snapshots.held({ orgId, serverId: server.id }, read)
  const seen = new Set(
    read
      .filter((tool) => !held.has(tool.name) && !isToolHidden(use, { tool: tool.name, annotations: tool.annotations }))
      .map(({ name }) => name),
  )
  const kept = tools.filter((tool: unknown) => isObject(tool) && seen.has(String(tool['name'])))
  const isFree = use.rules.length === 0 && use.otherwise === 'allow'
  if (kept.length === tools.length && isFree) return text
  const scope = 'cacheScope' in result ? { cacheScope: 'private' } : {}
  return JSON.stringify({ ...message, result: { ...result, tools: kept, ...scope } } satisfies JsonObject)
}

/** Null for what is no tool: it is left out. */
function toolIn(value: unknown): McpTool | null {
  const tool = mcpToolSchema.safeParse(value)
  return tool.success ? tool.data : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
