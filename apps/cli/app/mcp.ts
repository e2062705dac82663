import { buildRouteMap } from '@stricli/core'
import { command } from '../context.ts'
import { flag, json, text } from '../parameters.ts'

export const mcp = buildRouteMap({
  docs: { brief: 'MCP servers' },
  routes: {
    list: command(async () => (await import('../commands/mcp.ts')).list, {
      docs: { brief: 'The servers that are set up, with their tools and their last test' },
      parameters: { flags: { json } },
    }),
    add: command(async () => (await import('../commands/mcpAdd.ts')).add, {
      docs: {
        brief: 'Add a server from its address or what its README says, ask for what is missing, and test it',
        customUsage: ['https://mcp.example.org/mcp --token < token.txt', "'claude mcp add …'", '- < servers.json'],
      },
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [
            {
              ...text(
                'An address, JSON with mcpServers, or a line with claude mcp add, npx, uvx or docker; - reads it',
                'what',
              ),
              optional: true,
            },
          ],
        },
        flags: {
          name: flag('What agents call it; without it, as it calls itself', 'name'),
          pick: flag('Which one, where there are several in it', 'name'),
          set: { ...flag('A value that it needs and that is no secret', 'id=value'), variadic: true },
          token: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'It takes a bearer token: asked for, or from standard input',
          },
          credential: flag('A credential that is there already', 'name'),
          private: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'Its host and port may be on a private network',
          },
          json,
        },
      },
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
