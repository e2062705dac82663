import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { Fault, FAULTS, HOSTED_PATHS, HOSTED_TOKEN_HEADER, type PackageSource, toFault } from '@errand/contracts'
import { authenticateInstance, type Instance } from '@errand/engine'
import { replyOver, writeJson } from '../answer.ts'
import type { Reply } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { writeEgressRefusal } from '../egress/writeEgressRefusal.ts'
import { giveBundle, takeBundle } from './bundles.ts'
import { forwardHostedEgress, type HostedCall } from './forwardHostedEgress.ts'
import { giveImagePart } from './images.ts'
import { giveSecrets } from './giveSecrets.ts'
import { type AskRegistry, machineCertificates } from './registries.ts'
import { takeHealth } from './takeHealth.ts'

export type HostedDeps = Pick<GatewayDeps, 'engine' | 'config' | 'log' | 'credentials' | 'egress' | 'outbound'> & {
  readonly askRegistry: AskRegistry
  /** Whether a connection came from where alone the instance's token is taken. */
  readonly isOwn: (instance: Instance, socket: Socket) => boolean | Promise<boolean>
}

/**
 * Answers what comes out of the sandboxes of hosted MCP servers: secrets and the registry for the bridge, which shows its
 * token as `Bearer`, and the way out for the server, whose token the bridge's proxy adds. A token is taken at its own
 * door alone.
 */
export function createHostedServer(deps: HostedDeps): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: 60_000 })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serveHosted(request, replyOver(response), deps)
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    void serveHosted(request, { kind: 'tunnel', socket, head }, deps)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

/** One request of a hosted server's bridge, or of the server itself by the bridge's proxy, to its end. */
export async function serveHosted(request: IncomingMessage, reply: Reply, deps: HostedDeps): Promise<void> {
  const isEgress = request.method === 'CONNECT' || /^https?:\/\//i.test(request.url ?? '')
  const fields: Record<string, unknown> = { target: isEgress ? request.url : undefined }
  try {
    const instance = await authenticate(request, isEgress, deps)
    fields['instance'] = instance.id
    if (isEgress) await forwardHostedEgress({ request, reply, instance }, deps)
    else await answer({ request, reply, instance }, deps)
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
  const token = isEgress ? headers[HOSTED_TOKEN_HEADER] : bearer
  if (typeof token !== 'string') throw new Fault('token.invalid')
  const instance = await authenticateInstance(token, deps.engine)
  if (!(await deps.isOwn(instance, request.socket))) throw new Fault('token.elsewhere')
  return instance
}

type Answer = (call: HostedCall, deps: HostedDeps) => Promise<void>

const ANSWERS: Readonly<Record<string, Answer>> = {
  [`GET ${HOSTED_PATHS.source}`]: async ({ reply, instance }, { askRegistry }) => {
    const { registry } = instance.recipe.package
    if (registry === 'oci') throw new Fault('path.unknown')
    const [{ indexUrl }, certificates] = await Promise.all([askRegistry(registry), machineCertificates()])
    const body: PackageSource = { indexUrl, certificates }
    writeJson(reply, { status: 200, body })
  },
  [`GET ${HOSTED_PATHS.secrets}`]: async ({ reply, instance }, deps) =>
    writeJson(reply, { status: 200, body: { env: await giveSecrets(instance, deps) } }),
  [`PUT ${HOSTED_PATHS.bundle}`]: takeBundle,
  [`GET ${HOSTED_PATHS.bundle}`]: giveBundle,
  [`POST ${HOSTED_PATHS.health}`]: takeHealth,
}

async function answer(call: HostedCall, deps: HostedDeps): Promise<void> {
  const key = `${call.request.method ?? ''} ${call.request.url ?? ''}`
  if (key.startsWith(`GET ${HOSTED_PATHS.image}`)) return await giveImagePart(call, deps)
  const act = Object.hasOwn(ANSWERS, key) ? ANSWERS[key] : undefined
  if (act === undefined) throw new Fault('path.unknown')
  await act(call, deps)
}
