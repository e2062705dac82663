import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { SANDBOX_PATHS } from '@errand/contracts'
import type { FakeGateway } from '@errand/testkit'

/** What becomes of a request to claim: an answer, a connection that is cut, or nothing yet. */
export type Claimed = { readonly status: number; readonly body?: unknown } | 'cut'

export interface ClusterDoor {
  readonly port: number
  readonly canaryPort: number
  /** Bodies of what was asked without a token, with the path. */
  readonly asked: readonly { readonly path: string; readonly body: Record<string, unknown> }[]
  /** How often a path was asked in all. */
  count(path: string): number
  /** As a policy does that comes into force. */
  closeCanary(): Promise<void>
  /** How often somebody looked whether the wall stands. */
  canaryVisits(): number
  close(): Promise<void>
}

/** The TCP side of a gateway: claims are answered by the test in turn, what has a token goes to the fake gateway. */
export async function openClusterDoor(fake: FakeGateway, claims: readonly Claimed[]): Promise<ClusterDoor> {
  const asked: { path: string; body: Record<string, unknown> }[] = []
  const paths: string[] = []
  let claim = 0
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    paths.push(path)
    if (!path.startsWith('/sandbox/')) return passOn(request, response, fake.socketPath)
    void text(request).then((body) => {
      asked.push({ path, body: JSON.parse(body) as Record<string, unknown> })
      const fate = path === SANDBOX_PATHS.claim ? (claims[claim++] ?? { status: 202, body: {} }) : { status: 204 }
      if (fate === 'cut') return void request.socket.destroy()
      response.writeHead(fate.status).end('body' in fate ? JSON.stringify(fate.body) : undefined)
    })
  })
  let visits = 0
  const canary = createTcpServer((socket) => {
    visits++
    socket.on('error', () => undefined).destroy()
  })
  const [port, canaryPort] = [await listen(server), await listen(canary)]
  const end = (one: Server) =>
    new Promise<void>((resolve) => void (one.listening ? one.close(() => resolve()) : resolve()))
  return {
    port,
    canaryPort,
    asked,
    count: (path) => paths.filter((one) => one === path).length,
    closeCanary: () => end(canary),
    canaryVisits: () => visits,
    async close() {
      server.closeAllConnections()
      await Promise.all([end(server), end(canary)])
    },
  }
}

function passOn(request: IncomingMessage, response: ServerResponse, socketPath: string): void {
  const { method = '', url = '', headers } = request
  const onward = httpRequest({ socketPath, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  response.once('close', () => onward.destroy())
  request.pipe(onward)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
