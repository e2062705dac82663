import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Fault } from '@errand/contracts'
import { decideHost, formatAuthority, parseAuthority, type Target } from '@errand/domain'
import type { Instance } from '@errand/engine'
import type { Reply } from '../call.ts'
import { connectGuarded, unreachable } from '../egress/connect.ts'
import { runTunnel } from '../egress/tunnel.ts'
import type { HostedDeps } from './hostedServer.ts'

export interface HostedCall {
  readonly request: IncomingMessage
  readonly reply: Reply
  readonly instance: Instance
}

/** Takes a hosted server to a host of its own list; while its package is installed to the registry and nowhere else. */
export async function forwardHostedEgress({ request, reply, instance }: HostedCall, deps: HostedDeps): Promise<void> {
  const target = targetOf(request, reply)
  const isInstalling = instance.state === 'installing'
  const hosts = isInstalling ? await registryHosts(instance, deps) : instance.recipe.hosts
  const decision = decideHost(target, { network: 'custom', hosts, trustedHosts: [] })
  if (decision.kind === 'blocked') {
    const words = `${formatAuthority(target)} is not among the hosts of this MCP server.`
    throw new Fault(decision.code, words)
  }
  const upstream = isInstalling ? await dialRegistry(target, deps) : await connect(target, instance, deps)
  upstream.on('error', () => upstream.destroy())
  if (reply.kind === 'tunnel') {
    const { signal } = new AbortController()
    await runTunnel({ client: reply.socket, head: reply.head, upstream, idleMs: deps.egress.idleMs, signal })
    return
  }
  const { response } = reply
  const path = (request.url ?? '').replace(/^http:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
  const headers = Object.entries(request.headers).filter(
    ([name]) => !OWN.includes(name) && !name.startsWith('x-errand-'),
  )
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = httpRequest({
    createConnection: () => upstream,
    method: request.method,
    path,
    setHost: false,
    headers: { ...Object.fromEntries(headers), host: formatAuthority(target).replace(/:80$/, ''), connection: 'close' },
  })
  outgoing.once('response', resolve)
  outgoing.once('error', reject)
  request.pipe(outgoing)
  try {
    const answer = await promise
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    await pipeline(answer, response)
  } catch (error) {
    if (!response.headersSent) throw unreachable(target, error)
    response.destroy()
  } finally {
    upstream.destroy()
  }
}

const OWN = ['host', 'connection', 'proxy-connection', 'proxy-authorization', 'keep-alive', 'te', 'upgrade']

async function connect(target: Target, { orgId }: Instance, { egress }: HostedDeps): Promise<Socket> {
  const { privateHosts } = await egress.readOrgNetwork(orgId)
  return connectGuarded(target, privateHosts, egress.network)
}

async function registryHosts({ recipe }: Instance, { askRegistry }: HostedDeps): Promise<readonly string[]> {
  const { registry } = recipe.package
  return registry === 'oci' ? [] : (await askRegistry(registry)).hosts
}

/** The machine's own choice of a registry says where it is, on a private network too: nobody else had a word in it. */
async function dialRegistry(target: Target, { egress: { network } }: HostedDeps): Promise<Socket> {
  try {
    return await network.dial({ ...target, addresses: await network.resolve(target.host) })
  } catch (error) {
    throw unreachable(target, error)
  }
}

function targetOf(request: IncomingMessage, reply: Reply): Target {
  const address = request.url ?? ''
  const plain = /^http:\/\/([^/?#]*)/i.exec(address)?.[1]
  const target =
    reply.kind === 'tunnel' ? parseAuthority(address) : plain === undefined ? null : parseAuthority(plain, 80)
  if (target === null) throw new Fault('input.invalid', 'The proxy takes CONNECT host:port and http:// addresses.')
  return target
}
