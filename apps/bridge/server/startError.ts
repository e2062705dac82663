import { RPC, type RpcError } from '../message/message.ts'
import { StartRefused } from './starter.ts'

/** What a caller is told about a server that could not be had. */
export function rpcErrorOf(error: unknown): RpcError {
  const message = error instanceof Error ? error.message : 'The MCP server could not be started.'
  const retry = error instanceof StartRefused ? { retryAfterMs: Math.ceil(error.retryMs) } : {}
  return { code: RPC.server, message, data: { code: 'mcp.crashed', ...retry } }
}
