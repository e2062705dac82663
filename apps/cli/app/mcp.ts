import { buildRouteMap } from '@stricli/core'
import { command } from '../context.ts'
import { json, text } from '../parameters.ts'

export const mcp = buildRouteMap({
  docs: { brief: 'MCP servers' },
  routes: {
    list: command(async () => (await import('../commands/mcp.ts')).list, {
      docs: { brief: 'The servers that are set up, with their tools and their last test' },
      parameters: { flags: { json } },
    }),
    test: command(async () => (await import('../commands/mcp.ts')).test, {
      docs: { brief: 'Make a real handshake with a server, and say what it offers or why it does not' },
      parameters: {
        positional: { kind: 'tuple', parameters: [text('Name of the server', 'name')] },
        flags: { json },
      },
    }),
    call: command(async () => (await import('../commands/mcp.ts')).call, {
      docs: { brief: 'Call a tool by hand' },
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [
            text('Name of the server', 'server'),
            text('Name of the tool', 'tool'),
            { ...text('Its arguments, as a JSON object', 'arguments'), optional: true },
          ],
        },
        flags: { json },
      },
    }),
    login: command(async () => (await import('../commands/mcpLogin.ts')).login, {
      docs: { brief: 'Sign in with an MCP server: gives the address to open, waits, and says how it ended' },
      parameters: {
        positional: { kind: 'tuple', parameters: [text('Name of the server', 'name')] },
        flags: { json },
      },
    }),
  },
})
