import type { RouterOutputs } from '../../trpc/types.ts'

export type ListedServer = RouterOutputs['mcp']['list'][number]
export type ServerDay = RouterOutputs['mcp']['days'][string]
export type HostedView = NonNullable<ListedServer['hosted']>
/** With its tools. */
export type Server = RouterOutputs['mcp']['get']
export type ServerTool = Server['toolList'][number]
export type ServerCall = RouterOutputs['mcp']['calls'][number]
