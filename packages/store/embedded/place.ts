import { realpath } from 'node:fs/promises'
import { join } from 'node:path'

export const OWNER = 'errand'
export const DATABASE = 'errand'

/** Where one embedded Postgres keeps everything it has. */
export interface Place {
  /** The cluster itself: Postgres' data directory, and the working directory of all its processes. */
  readonly data: string
  /** The folder of the unix socket, 0700. */
  readonly run: string
  readonly passwordFile: string
  readonly logFile: string
  readonly postmasterFile: string
  readonly address: Address
}

/** A socket needs no port and is closed to other users by its folder; loopback is for paths too long for a socket. */
export type Address = { readonly kind: 'socket'; readonly folder: string } | { readonly kind: 'loopback' }

/** `sockaddr_un.sun_path` holds 108 bytes with the closing NUL. */
const MAX_SOCKET_PATH_BYTES = 107
export const SOCKET_PORT = 5432

/** `folder` must exist. Real paths: Postgres' processes are recognised by their working directory. */
export async function placeIn(folder: string): Promise<Place> {
  const root = await realpath(folder)
  const data = join(root, 'data')
  const run = join(root, 'run')
  const socketPath = join(run, `.s.PGSQL.${SOCKET_PORT}`)
  const isShortEnough = Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH_BYTES
  return {
    data,
    run,
    passwordFile: join(root, 'password'),
    logFile: join(root, 'server.log'),
    postmasterFile: join(data, 'postmaster.pid'),
    address: isShortEnough ? { kind: 'socket', folder: run } : { kind: 'loopback' },
  }
}

/** Understood by `pg` and by every client that takes a libpq address. */
export function addressUrl(host: string, port: number, password: string, database: string = DATABASE): string {
  const login = `${OWNER}:${encodeURIComponent(password)}`
  return host.startsWith('/')
    ? `postgresql://${login}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
    : `postgresql://${login}@${host}:${port}/${database}`
}
