import type { Gateway } from '@errand/gateway-app'
import type { Database } from '@errand/store'
import { once } from 'node:events'
import { connect } from 'node:net'

/** What /readyz asks. */
export function checksOf(
  db: Database,
  gateway: Pick<Gateway, 'socketPath'>,
): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    database: () => db.rows({ name: 'health', text: 'select 1' }),
    gateway: async () => {
      const socket = connect(gateway.socketPath)
      try {
        await once(socket, 'connect')
      } finally {
        socket.destroy()
      }
    },
  }
}
