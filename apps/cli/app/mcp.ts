import { buildRouteMap } from '@stricli/core'
import { command } from '../context.ts'
import { json, text } from '../parameters.ts'

export const mcp = buildRouteMap({
  docs: { brief: 'MCP servers' },
  routes: {
    login: command(async () => (await import('../commands/mcpLogin.ts')).login, {
      docs: { brief: 'Sign in with an MCP server: gives the address to open, waits, and says how it ended' },
      parameters: {
        positional: { kind: 'tuple', parameters: [text('Name of the server', 'name')] },
        flags: { json },
      },
    }),
  },
})
