import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Fault, toFault } from '@errand/contracts'
import { authenticateApiToken, type EngineDeps } from '@errand/engine'
import type { Metrics } from '@errand/observe'
import type { OwnerGitHandler } from './git/ownerGit.ts'
import { writeGitRefusal } from './git/writeGitRefusal.ts'

interface OwnerPortDeps {
  readonly engine: EngineDeps
  readonly ownerGit: OwnerGitHandler
  readonly metrics: Metrics
}

/**
 * What the api asks of a gateway in a process of its own: git of local repositories for a person, whose API token comes
 * along and is checked here again, and whether it is well. No sandbox may reach this port.
 */
export async function listenForApi(
  { host, port }: { host: string; port: number },
  deps: OwnerPortDeps,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => void answer(request, response, deps))
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, deps: OwnerPortDeps): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? ''
  if (path === '/readyz') return ready(response, deps)
  if (path === '/metrics') {
    const { contentType, text } = await deps.metrics.render()
    response.writeHead(200, { 'content-type': contentType }).end(text)
    return
  }
  try {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) throw new Fault('auth.missing')
    await deps.ownerGit(request, response, await authenticateApiToken(token, deps.engine))
  } catch (error) {
    writeGitRefusal(response, toFault(error))
  }
}

async function ready(response: ServerResponse, { engine }: OwnerPortDeps): Promise<void> {
  const isWell = await engine.db.rows({ name: 'health', text: 'select 1' }).then(
    () => true,
    () => false,
  )
  response.writeHead(isWell ? 200 : 503).end(isWell ? 'ok\n' : 'the database does not answer\n')
}
