import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { PNG } from './content.ts'

export function addResources(server: McpServer): void {
  const add = (name: string, mimeType: string, content: { text: string } | { blob: string }) =>
    server.registerResource(name, `test://${name}`, { description: `The ${name}.`, mimeType }, ({ href: uri }) => ({
      contents: [{ uri, mimeType, ...content }],
    }))
  add('static-text', 'text/plain', { text: 'This is the content of the static text resource.' })
  add('static-binary', 'image/png', { blob: PNG })
  add('watched-resource', 'text/plain', { text: 'Somebody may watch this.' })
  const mimeType = 'application/json'
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data by its id.', mimeType },
    ({ href: uri }, { id }) => {
      const data = { id, templateTest: true, data: `Data for ID: ${String(id)}` }
      return { contents: [{ uri, mimeType, text: JSON.stringify(data) }] }
    },
  )
  // Of the eras with sessions: asked for and answered, and nothing here ever changes.
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.server.setRequestHandler(method, () => ({}))
}
