import { Fault, type OrgId } from '@errand/contracts'
import { findMcpServer, type McpServerRow, type Queryable } from '@errand/store'

/** A server as it is now. Fault `mcp.unknown`. */
export async function requireServer(
  q: Queryable,
  { orgId, name }: { orgId: OrgId; name: string },
): Promise<McpServerRow> {
  const row = await findMcpServer(q, { orgId, name })
  if (row === undefined) throw new Fault('mcp.unknown', `${name}.`)
  return row
}
