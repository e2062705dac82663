import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { type Id, idSchema } from '@errand/contracts'
import { listenOnSocket, removeStale } from './listenOnSocket.ts'

/**
 * The ways in from the sandboxes of this machine: each live run or hosted server has a socket in a folder of its own, which its sandbox
 * alone is shown, so the gateway knows who calls before it looks at a token.
 */
export interface Doors<K extends 'run' | 'instance' = 'run'> {
  /** Does nothing when it is open. Gives the folder that the sandbox is shown; `made`: it is shown this one already. */
  open(id: Id<K>, made?: string): Promise<string>
  /** The folder of a door before it is known whose it will be. `drop` takes it away, unless it was opened. */
  make(): Promise<{ readonly folder: string; drop(): Promise<void> }>
  /** Nobody comes in any more, and the folder is gone. What is connected ends by itself. */
  close(id: Id<K>): Promise<void>
  list(): readonly Id<K>[]
}

export interface OwnDoors<K extends 'run' | 'instance'> extends Doors<K> {
  /** Opens every door whose folder is there: sandboxes that outlived the last gateway are shown these very folders. */
  reopen(): Promise<void>
  /** Takes the sockets away and leaves the folders. Resolves when nobody is connected. */
  shut(): Promise<void>
}

const SOCKET = 'gateway.sock'
const NOBODYS = '.nobody-'
const REMOVE = { recursive: true, force: true }

export function createDoors<K extends 'run' | 'instance'>(
  folder: string,
  { holds, onSocket }: { readonly holds: K; readonly onSocket: (socket: Socket, id: Id<K>) => void },
): OwnDoors<K> {
  const schema = idSchema(holds)
  const servers = new Map<Id<K>, Server>()
  const turns = new Map<Id<K>, Promise<unknown>>()
  const at = (id: Id<K>) => join(folder, id)

  /** One thing at a time for each door. */
  const inTurn = <T>(id: Id<K>, act: () => Promise<T>): Promise<T> => {
    const before = turns.get(id) ?? Promise.resolve()
    const mine = before.then(act, act)
    const settled = mine.then(ignore, ignore).then(() => {
      if (turns.get(id) === settled) turns.delete(id)
    })
    turns.set(id, settled)
    return mine
  }

  const open = async (id: Id<K>, made?: string) => {
    if (servers.has(id)) return at(id)
    if (made === undefined) await mkdir(at(id), { recursive: true })
    else await rename(made, at(id))
    // Sandboxes run under other users, whatever the mask of the owner's shell says.
    await chmod(at(id), 0o755)
    const server = createServer({ allowHalfOpen: true }, (socket) => onSocket(socket, id))
    await listenOnSocket(server, join(at(id), SOCKET))
    servers.set(id, server)
    return at(id)
  }

  const close = async (id: Id<K>) => {
    servers.get(id)?.close()
    servers.delete(id)
    await rm(at(id), REMOVE)
  }

  return {
    open: (id, made) => inTurn(id, () => open(id, made)),
    make: () => makeNobodys(folder),
    close: (id) => inTurn(id, () => close(id)),
    list: () => [...servers.keys()],
    async reopen() {
      await mkdir(folder, { recursive: true })
      await removeNobodys(folder)
      const ids = (await readdir(folder)).flatMap((name) => schema.safeParse(name).data ?? [])
      await Promise.all(ids.map((id) => inTurn(id, () => open(id))))
    },
    async shut() {
      const all = [...servers]
      servers.clear()
      await Promise.all(
        all.map(async ([id, server]) => {
          const closed = new Promise((resolve) => server.close(resolve))
          await removeStale(join(at(id), SOCKET))
          await closed
        }),
      )
    },
  }
}

async function makeNobodys(folder: string): ReturnType<Doors['make']> {
  const made = await mkdtemp(join(folder, NOBODYS))
  await chmod(made, 0o755)
  return { folder: made, drop: () => rm(made, REMOVE) }
}

async function removeNobodys(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(NOBODYS))
  await Promise.all(names.map((name) => rm(join(folder, name), REMOVE)))
}

function ignore(): void {
  // Whoever asked was told.
}
