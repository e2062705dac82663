import { type AddressInfo, createServer, type Server } from 'node:net'
import { Fault } from '@errand/contracts'
import type { SandboxListen } from '../config.ts'
import type { GatewayDeps } from '../deps.ts'
import type { GatewayServer } from '../server.ts'

/** Begins to hear of sandboxes for which something changed; gives the way to stop. */
export type HearSandboxes = (hearer: {
  readonly onPayload: (name: string) => void
  readonly onMissed: () => void
}) => Promise<() => void>

export interface SandboxListeners {
  /** With the ports that they really have. */
  readonly at: SandboxListen
  /** Takes nobody in any more. Resolves when nobody is connected, which is for the HTTP server to see to. */
  close(): Promise<void>
}

/** Many sandboxes look for the wall many times a second: one that finds the queue full would take the canary for closed. */
const BACKLOG = 4096
/** A node that vanishes says nothing; its connections are asked whether they still live. */
const KEEP_ALIVE_MS = 30_000

/**
 * Takes in the sandboxes of a cluster, where there is one: what connects goes to the HTTP server, as what comes by its
 * own socket does. Beside it the canary, a port that takes everybody and closes at once: a sandbox that reaches it has
 * no wall yet.
 */
export async function takeInSandboxes(
  gateway: Pick<GatewayServer, 'connect'>,
  { config, sandboxWakes }: Pick<GatewayDeps, 'config' | 'sandboxWakes'>,
  hear: HearSandboxes,
): Promise<SandboxListeners | null> {
  if (config.sandboxListen === null) return null
  const { host, port, canaryPort } = config.sandboxListen
  const stopHearing = await hear({
    onPayload: (name) => sandboxWakes.wake(name),
    onMissed: () => sandboxWakes.wake(),
  })
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  const server = createServer(options, (socket) => gateway.connect(socket))
  const canary = createServer((socket) => {
    // Whoever looks for the wall resets it first.
    socket.on('error', () => undefined)
    socket.destroy()
  })
  // The canary first: a gateway that can be reached while its canary is not there yet would prove walls that do not stand.
  const at = { host, canaryPort: await listen(canary, host, canaryPort), port: await listen(server, host, port) }
  return {
    at,
    async close() {
      stopHearing()
      const closedServer = closed(server)
      await Promise.all([closedServer, closedServer.then(() => closed(canary))])
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'start.port-taken' : 'start.config-invalid'
      reject(new Fault(code, `Sandboxes cannot be listened for at ${host}:${port}: ${error.message}`, { cause: error }))
    })
    server.listen({ host, port, backlog: BACKLOG }, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Its listening ends at once; what is connected ends when it wants to. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()))
}
