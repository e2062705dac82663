import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import type { InstanceId } from '@errand/contracts'
import { createDoors, type Doors } from '../doors.ts'
import type { GatewayDeps } from '../deps.ts'
import { createHostedServer } from './hostedServer.ts'
import { registryAsker } from './registries.ts'

export interface Hosted {
  readonly doors: Doors<'instance'>
  close(): Promise<void>
}

/** Begins to hear of instances that are asked for or stopped; gives the way to stop. */
type Hear = (onNews: () => void) => Promise<() => void>

/** The ways in from the sandboxes of hosted MCP servers. Beside those of runs, and apart from them in everything. */
export async function openHosted(deps: GatewayDeps, hear: Hear): Promise<Hosted> {
  const from = new WeakMap<Socket, InstanceId>()
  const server = createHostedServer({
    ...deps,
    askRegistry: registryAsker(deps),
    instanceOf: (socket) => from.get(socket),
  })
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
    async close() {
      stopHearing()
      server.closeAllConnections()
      await doors.shut()
    },
  }
}
