import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Of processor time: on a machine that is busy elsewhere, a look takes longer and costs no more. */
const PATIENCE_MS = 30
const MAX_COMMAND_CHARS = 1_000

/**
 * The command line of the process at the other end of a loopback connection, or null: /proc/net/tcp names the
 * connection's inode, and one of the process's descriptors points to it. Best effort, and never for long: what asks for
 * a host that is blocked should be named, but naming it must not hold up the traffic. Read synchronously, for a sandbox
 * has a handful of processes and each look is microseconds.
 */
export function commandOf(connection: { readonly peerPort: number; readonly ownPort: number }): string | null {
  const until = spentMs() + PATIENCE_MS
  const inode = inodeOf(connection)
  if (inode === null) return null
  const link = `socket:[${inode}]`
  const pids = list('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  // What was started last is the likeliest to have just connected.
  for (const pid of pids.map(Number).toSorted((a, b) => b - a)) {
    if (spentMs() > until) return null
    if (list(`/proc/${pid}/fd`).some((fd) => targetOf(`/proc/${pid}/fd/${fd}`) === link)) return commandLine(pid)
  }
  return null
}

function spentMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function inodeOf({ peerPort, ownPort }: { peerPort: number; ownPort: number }): string | null {
  const local = hexPort(peerPort)
  const remote = hexPort(ownPort)
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of text(table).split('\n')) {
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(local) === true && fields[2]?.endsWith(remote) === true) return fields[9] ?? null
    }
  }
  return null
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

function commandLine(pid: number): string | null {
  const line = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
  return line === '' ? null : line.slice(0, MAX_COMMAND_CHARS)
}

// Processes come and go while we look: what is gone is simply not the one.
function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
