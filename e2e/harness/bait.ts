import { once } from 'node:events'
import { createServer } from 'node:net'

/** Listens on this machine where nobody of a sandbox may come, and counts who does. */
export async function openBait(host: string) {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.destroy()
  })
  server.listen(0, host)
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the bait has no port')
  return {
    address: `${host}:${bound.port}`,
    port: bound.port,
    visits: () => visits,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
