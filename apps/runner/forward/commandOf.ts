import { readdir, readFile, readlink } from 'node:fs/promises'

const PATIENCE_MS = 50
const MAX_COMMAND_CHARS = 1_000

/**
 * The command line of the process at the other end of a loopback connection, or null: /proc/net/tcp names the
 * connection's inode, and one of the process's descriptors points to it. Best effort, and never for long: what asks for
 * a host that is blocked should be named, but naming it must not hold up the traffic.
 */
export async function commandOf(connection: { readonly peerPort: number; readonly ownPort: number }): Promise<string | null> {
  const until = performance.now() + PATIENCE_MS
  const inode = await inodeOf(connection)
  if (inode === null) return null
  const link = `socket:[${inode}]`
  const pids = (await list('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  // What was started last is the likeliest to have just connected.
  for (const pid of pids.map(Number).toSorted((a, b) => b - a)) {
    for (const fd of await list(`/proc/${pid}/fd`)) {
      if (performance.now() > until) return null
      if ((await targetOf(`/proc/${pid}/fd/${fd}`)) === link) return await commandLine(pid)
    }
  }
  return null
}

async function inodeOf({ peerPort, ownPort }: { peerPort: number; ownPort: number }): Promise<string | null> {
  const local = hexPort(peerPort)
  const remote = hexPort(ownPort)
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await text(table)).split('\n')) {
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(local) === true && fields[2]?.endsWith(remote) === true) return fields[9] ?? null
    }
  }
  return null
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

async function commandLine(pid: number): Promise<string | null> {
  const line = (await text(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim()
  return line === '' ? null : line.slice(0, MAX_COMMAND_CHARS)
}

// Processes come and go while we look: what is gone is simply not the one.
async function list(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => [])
}

async function text(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '')
}

async function targetOf(link: string): Promise<string> {
  return await readlink(link).catch(() => '')
}
