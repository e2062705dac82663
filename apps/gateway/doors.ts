import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import type { Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { idSchema, type RunId } from '@errand/contracts'
import { listenOnSocket, removeStale } from './listenOnSocket.ts'
import { cameThroughDoor } from './origin.ts'

/**
 * The ways in from the sandboxes of this machine: each live run has a socket in a folder of its own, which its sandbox
 * alone is shown, so the gateway knows who calls before it looks at a token.
 */
export interface Doors {
  /** Does nothing when it is open. Gives the folder that the sandbox is shown. */
  open(runId: RunId): Promise<string>
  /** Nobody comes in any more, and the folder is gone. What is connected ends by itself. */
  close(runId: RunId): Promise<void>
  list(): readonly RunId[]
}

export interface OwnDoors extends Doors {
  /** Opens every door whose folder is there: sandboxes that outlived the last gateway are shown these very folders. */
  reopen(): Promise<void>
  /** Takes the sockets away and leaves the folders. Resolves when nobody is connected. */
  shut(): Promise<void>
}

const RUN = idSchema('run')
const SOCKET = 'gateway.sock'

export function createDoors(folder: string, http: HttpServer): OwnDoors {
  const servers = new Map<RunId, Server>()
  const turns = new Map<RunId, Promise<unknown>>()
  const at = (runId: RunId) => join(folder, runId)

  /** One thing at a time for each door. */
  const inTurn = <T>(runId: RunId, act: () => Promise<T>): Promise<T> => {
    const before = turns.get(runId) ?? Promise.resolve()
    const mine = before.then(act, act)
    const settled = mine.then(ignore, ignore).then(() => {
      if (turns.get(runId) === settled) turns.delete(runId)
    })
    turns.set(runId, settled)
    return mine
  }

  const open = async (runId: RunId) => {
    if (servers.has(runId)) return at(runId)
    await mkdir(at(runId), { recursive: true })
    // Sandboxes run under other users, whatever the mask of the owner's shell says.
    await chmod(at(runId), 0o755)
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      cameThroughDoor(socket, runId)
      http.emit('connection', socket)
    })
    await listenOnSocket(server, join(at(runId), SOCKET))
    servers.set(runId, server)
    return at(runId)
  }

  const close = async (runId: RunId) => {
    servers.get(runId)?.close()
    servers.delete(runId)
    await rm(at(runId), { recursive: true, force: true })
  }

  return {
    open: (runId) => inTurn(runId, () => open(runId)),
    close: (runId) => inTurn(runId, () => close(runId)),
    list: () => [...servers.keys()],
    async reopen() {
      await mkdir(folder, { recursive: true })
      const runIds = (await readdir(folder)).flatMap((name) => RUN.safeParse(name).data ?? [])
      await Promise.all(runIds.map((runId) => inTurn(runId, () => open(runId))))
    },
    async shut() {
      const all = [...servers]
      servers.clear()
      await Promise.all(
        all.map(async ([runId, server]) => {
          const closed = new Promise((resolve) => server.close(resolve))
          await removeStale(join(at(runId), SOCKET))
          await closed
        }),
      )
    },
  }
}

function ignore(): void {
  // Whoever asked was told.
}
