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

/** The ways in from the sandboxes of hosted MCP servers. Beside those of runs, and apart from them in everything. */
export async function openHosted(deps: GatewayDeps): Promise<Hosted> {
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
  return {
    doors,
    async close() {
      server.closeAllConnections()
      await doors.shut()
    },
  }
}
