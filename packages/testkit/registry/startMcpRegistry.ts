import { createServer } from 'node:http'
import { once } from 'node:events'
import { listenLocally } from '../kube/listenLocally.ts'

export interface McpRegistry {
  readonly url: string
  /** Searches that it was asked, in order. */
  readonly searches: readonly string[]
  /** From now on. `down`: it answers 503 to everything. */
  behave(how: { isDown?: boolean; servers?: readonly object[] }): void
  close(): Promise<void>
}

/** A registry of MCP servers (API v0.1), on 127.0.0.1, with the entries that it is given. */
export async function startMcpRegistry(servers: readonly object[] = []): Promise<McpRegistry> {
  const searches: string[] = []
  let isDown = false
  let has = servers
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry')
    if (isDown || url.pathname !== '/v0.1/servers') {
      response.writeHead(isDown ? 503 : 404).end()
      return
    }
    const text = url.searchParams.get('search') ?? ''
    searches.push(text)
    const found = has.filter((each) => 'name' in each && String(each.name).includes(text))
    const body = {
      servers: found.map((each) => ({
        server: each,
        _meta: {
          'io.modelcontextprotocol.registry/official': {
            status: 'active',
            isLatest: true,
            updatedAt: '2026-11-01T00:00:00Z',
          },
        },
      })),
      metadata: { count: found.length },
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const url = await listenLocally(server)
  return {
    url,
    searches,
    behave(how) {
      isDown = how.isDown ?? isDown
      has = how.servers ?? has
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
