import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { Fault, FAULTS, HOSTED_PATHS, type InstanceId, RUN_TOKEN_HEADER, toFault } from '@errand/contracts'
import { authenticateInstance, type Instance } from '@errand/engine'
import { writeJson } from '../answer.ts'
import type { Reply } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { writeEgressRefusal } from '../egress/writeEgressRefusal.ts'
import { forwardHostedEgress } from './forwardHostedEgress.ts'
import { giveSecrets } from './giveSecrets.ts'
import type { AskRegistry } from './registries.ts'

export type HostedDeps = Pick<GatewayDeps, 'engine' | 'log' | 'credentials' | 'egress'> & {
  readonly askRegistry: AskRegistry
  /** Through whose door a connection came. */
  readonly instanceOf: (socket: Socket) => InstanceId | undefined
}

/**
 * Answers what comes out of the sandboxes of hosted MCP servers: secrets and the registry for the bridge, which shows its
 * token as `Bearer`, and the way out for the server, whose token the bridge's proxy adds. A token is taken at its own
 * door alone.
 */
export function createHostedServer(deps: HostedDeps): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000 })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, { kind: 'http', response }, deps)
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    void serve(request, { kind: 'tunnel', socket, head }, deps)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

async function serve(request: IncomingMessage, reply: Reply, deps: HostedDeps): Promise<void> {
  const isEgress = request.method === 'CONNECT' || /^https?:\/\//i.test(request.url ?? '')
  const fields = { instance: deps.instanceOf(request.socket), target: isEgress ? request.url : undefined }
  try {
    const instance = await authenticate(request, isEgress, deps)
    if (isEgress) await forwardHostedEgress({ request, reply, instance }, deps)
    else writeJson(reply, { status: 200, body: await answer(request, instance, deps) })
    deps.log.debug({ op: 'hosted.called', ok: true, ...fields }, 'hosted.called')
  } catch (error) {
    const fault = toFault(error)
    deps.log[FAULTS[fault.code].level]({ op: 'hosted.called', ok: false, code: fault.code, ...fields }, fault.message)
    if (isEgress) writeEgressRefusal(reply, fault)
    else writeJson(reply, { status: FAULTS[fault.code].http, body: fault.toWire() })
  }
}

async function authenticate(request: IncomingMessage, isEgress: boolean, deps: HostedDeps): Promise<Instance> {
  const { headers } = request
  const bearer = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1]
  const token = isEgress ? headers[RUN_TOKEN_HEADER] : bearer
  if (typeof token !== 'string') throw new Fault('token.invalid')
  const instance = await authenticateInstance(token, deps.engine)
  if (instance.id !== deps.instanceOf(request.socket)) throw new Fault('token.elsewhere')
  return instance
}

async function answer(request: IncomingMessage, instance: Instance, deps: HostedDeps): Promise<unknown> {
  const { registry } = instance.recipe.package
  if (request.method === 'GET' && request.url === HOSTED_PATHS.source && registry !== 'oci') {
    const { indexUrl } = await deps.askRegistry(registry)
    return { indexUrl }
  }
  if (request.method === 'GET' && request.url === HOSTED_PATHS.secrets)
    return { env: await giveSecrets(instance, deps) }
  throw new Fault('path.unknown')
}
