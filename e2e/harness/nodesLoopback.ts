import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { findNode } from './apiServerProcess.ts'

/** A way from the node to a server of this machine. */
export interface WayFromNode {
  close(): Promise<void>
}

/**
 * Whoever dials `port` on the node's own loopback reaches the same port of this machine's. Null where the node is another
 * machine.
 */
export async function openOnNodesLoopback(port: number, api: URL): Promise<WayFromNode | null> {
  const node = await findNode(api)
  if (node === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'errand-loopback-'))
  // Networks end at the node; a socket in a folder does not.
  const path = join(folder, 'way.sock')
  const here = createServer((socket) => joinWith(socket, connect(port, '127.0.0.1')))
  here.listen(path)
  await once(here, 'listening')
  const program = fileURLToPath(new URL('forwardPort.ts', import.meta.url))
  const there = spawn('nsenter', ['--target', `${node}`, '--net', '--', process.execPath, program, `${port}`, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await isOpen(there)
  return {
    async close() {
      const ended = once(there, 'exit')
      there.kill()
      await ended
      here.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Bytes of each to the other, until one of them ends. */
export function joinWith(one: Socket, other: Socket): void {
  for (const way of [pipeline(one, other), pipeline(other, one)])
    way.catch(() => {
      // A connection that breaks is cut on the other side too.
      one.destroy()
      other.destroy()
    })
}

async function isOpen(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the port on the node was not opened: exit ${code}`)
  })
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), ended])
  // Later it ends because it is closed.
  ended.catch(() => undefined)
}
