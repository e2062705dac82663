import { McpServer } from '@modelcontextprotocol/server'
import { addAskingTools } from './askingTools.ts'
import { state } from './asks.ts'
import { addPrompts } from './prompts.ts'
import { addResources } from './resources.ts'
import { addTools, type Changes } from './tools.ts'

/**
 * An MCP server of both eras with everything that the conformance suite asks for by name: every kind of content, progress,
 * logging, questions to the client, prompts, resources, changes of its lists.
 */
export function fixtureServer(changes: Changes | null): McpServer {
  const capabilities = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    logging: {},
    completions: {},
  }
  const server = new McpServer(
    { name: 'errand-fixture', version: '1.0.0' },
    { capabilities, requestState: { verify: (given, ctx) => state.verify(given, ctx) } },
  )
  const told: Changes = changes ?? {
    toolsChanged: () => server.sendToolListChanged(),
    promptsChanged: () => server.sendPromptListChanged(),
  }
  addTools(server, told)
  addAskingTools(server)
  addPrompts(server)
  addResources(server)
  return server
}
