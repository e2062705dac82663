import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, unlink } from 'node:fs/promises'
import type { Server } from 'node:net'
import { basename, dirname } from 'node:path'
import { Fault } from '@errand/contracts'

/**
 * Listens on a unix socket, replacing one that an earlier process left behind: the lock on the data folder says that
 * nobody else is listening. Everyone may connect, as sandboxes run under other users; the token is what opens.
 * The path may be longer than the 107 bytes that the kernel takes.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  await removeStale(path)
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    // The folder by its number: short, however long its path is.
    const shortPath = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}/${basename(path)}` : path
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(shortPath, () => {
        server.removeListener('error', reject)
        resolve()
      })
    })
    await chmod(path, 0o666)
  } finally {
    await handle.close()
  }
}

/** Node would unlink the name it was given, whose folder number is another file's by now. */
export async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (found === null) return
  if (!found.isSocket()) throw new Fault('start.folder-unwritable', `${path} is in the way: it is not a socket.`)
  await unlink(path)
}
