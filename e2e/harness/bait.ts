import { once } from 'node:events'
import { createServer } from 'node:net'

/** Listens on this machine where nobody of a sandbox may come, and counts who does; or where they may, and greets them. */
export async function openBait(host: string, { port = 0, greeting = '' } = {}) {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.on('error', () => undefined)
    socket.end(greeting)
  })
  server.listen(port, host)
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
