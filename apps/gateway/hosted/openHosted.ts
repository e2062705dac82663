import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { HOSTED_TOKEN_HEADER, type InstanceId } from '@errand/contracts'
import { type Instance, readSandboxOfInstance } from '@errand/engine'
import type { Reply } from '../call.ts'
import { createDoors, type Doors } from '../doors.ts'
import type { GatewayDeps } from '../deps.ts'
import { originOf } from '../origin.ts'
import { createHostedServer, serveHosted } from './hostedServer.ts'
import { registryAsker } from './registries.ts'

export interface Hosted {
  readonly doors: Doors<'instance'>
  /** Takes a request that came over a cluster's network, where it is one of a hosted server's; else false. */
  readonly overNetwork: (request: IncomingMessage, reply: Reply) => boolean
  close(): Promise<void>
}

/** Begins to hear of instances that are asked for or stopped; gives the way to stop. */
type Hear = (onNews: () => void) => Promise<() => void>

/** The ways in from the sandboxes of hosted MCP servers. Beside those of runs, and apart from them in everything. */
export async function openHosted(deps: GatewayDeps, hear: Hear): Promise<Hosted> {
  const from = new WeakMap<Socket, InstanceId>()
  const askRegistry = registryAsker(deps)
  const server = createHostedServer({ ...deps, askRegistry, isOwn: ({ id }, socket) => from.get(socket) === id })
  const folder = join(dirname(deps.config.socketPath), 'hosted')
  const doors = createDoors(folder, {
    holds: 'instance',
    onSocket(socket, id) {
      from.set(socket, id)
      server.emit('connection', socket)
    },
  })
  await doors.reopen()
  const stopHearing = await hear(() => deps.hosted.forgetAll())
  return {
    doors,
    overNetwork(request, reply) {
      const isHosted = HOSTED_TOKEN_HEADER in request.headers || (request.url ?? '').startsWith('/hosted/v1/')
      if (isHosted) void serveHosted(request, reply, { ...deps, askRegistry, isOwn: isOwnPod(deps) })
      return isHosted
    },
    async close() {
      stopHearing()
      server.closeAllConnections()
      await doors.shut()
    },
  }
}

/** On a cluster a token is taken from the pod that claimed it alone. */
function isOwnPod({ engine }: Pick<GatewayDeps, 'engine'>) {
  return async (instance: Instance, socket: Socket): Promise<boolean> => {
    const origin = originOf(socket)
    if (origin.kind !== 'address') return false
    return (await readSandboxOfInstance(instance.id, engine))?.claimedFrom === origin.address
  }
}
