import { type ChildProcess, spawn } from 'node:child_process'
import { open, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '@errand/contracts'
import { type Account, CLEAN_ENV } from './account.ts'
import type { Binaries } from './binaries.ts'
import { addressUrl, type Place, SOCKET_PORT } from './place.ts'
import { livePostmaster, type PostmasterFile, readPostmasterFile } from './postmasterFile.ts'
import { isRunning, processesIn, signal, worksIn } from './processes.ts'
import { proveConnection } from './proveConnection.ts'
import { startFault } from './startFault.ts'

/** A Postgres that answers, started by us or found running. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly url: string
  readonly wasRunning: boolean
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
}

export interface Launch {
  readonly place: Place
  readonly binaries: Binaries
  readonly account: Account
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
  /** The loopback port to use again, so that addresses handed out stay true. */
  readonly port?: number
}

/** Replaying the log of a large interrupted write takes its time; a postmaster that is alive and busy is waited for. */
const READY_MS = 120_000
/** How long leftovers of a dead postmaster may stand in the way: its children end by themselves once they notice. */
const LEFTOVERS_MS = 10_000
const LOOK_AGAIN_MS = 20
const MAX_LOG_BYTES = 10_000_000
const IN_THE_WAY = /lock file|pre-existing shared memory block|could not bind|Address already in use/

/** Attaches to the Postgres of this place if it is alive, else starts one. Rejects with a `Fault` `start.*`. */
export async function launchPostmaster(launch: Launch): Promise<Postmaster> {
  const giveUpAt = Date.now() + LEFTOVERS_MS
  for (;;) {
    const running = await livePostmaster(launch.place)
    if (running !== undefined) {
      const found = await whenReady(launch, running.pid)
      if (found !== undefined) return attached(launch, found)
      continue
    }
    await clearLeftovers(launch.place)
    const outcome = await startOnce(launch)
    if (outcome.kind === 'ready') return outcome.postmaster
    if (!IN_THE_WAY.test(outcome.said) || Date.now() > giveUpAt) throw startFault(outcome.error, outcome.said)
    await delay(100)
  }
}

/**
 * From the moment it runs, however far it is: when this process exits, Postgres is told to stop. Synchronous, as it
 * must work in the last moment. Only a kill -9 of us leaves it running.
 */
function endWithUs(pid: number, ended: Promise<void>): void {
  const tell = (): void => signal(pid, 'SIGINT')
  process.once('exit', tell)
  void ended.then(() => process.off('exit', tell))
}

function attached(launch: Launch, file: PostmasterFile): Postmaster {
  const ended = whenGone(file.pid, launch.place.data)
  endWithUs(file.pid, ended)
  return {
    pid: file.pid,
    port: file.port,
    url: addressUrl(file.host, file.port, launch.password),
    wasRunning: true,
    ended,
  }
}

async function whenGone(pid: number, data: string): Promise<void> {
  while (await worksIn(pid, data)) await delay(100, undefined, { ref: false })
}

/**
 * After a kill -9 the postmaster's children live on for a moment, and the file with its process id stays. The file is
 * removed only when nothing runs in the folder any more: then the id is that of a zombie or of somebody else's process,
 * either of which Postgres itself would wait for without end.
 */
async function clearLeftovers(place: Place): Promise<void> {
  const giveUpAt = Date.now() + LEFTOVERS_MS
  for (;;) {
    const pids = await processesIn(place.data)
    if (pids.length === 0) break
    if (Date.now() > giveUpAt) for (const pid of pids) signal(pid, 'SIGKILL')
    await delay(LOOK_AGAIN_MS)
  }
  const file = await readPostmasterFile(place)
  if (file !== undefined) await rm(place.postmasterFile, { force: true })
}

type Outcome =
  | { readonly kind: 'ready'; readonly postmaster: Postmaster }
  | { readonly kind: 'ended'; readonly said: string; readonly error: unknown }

async function startOnce(launch: Launch): Promise<Outcome> {
  const port = launch.place.address.kind === 'socket' ? SOCKET_PORT : (launch.port ?? (await freePort()))
  const logFrom = await turnLog(launch.place)
  const child = await spawnPostgres(launch, port)
  let error: unknown
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (cause) => {
      error = cause
      resolve()
    })
  })
  child.unref()
  const { pid } = child
  if (pid !== undefined) endWithUs(pid, ended)
  const file = pid === undefined ? undefined : await whenReady(launch, pid)
  if (pid === undefined || file === undefined) {
    await ended
    return { kind: 'ended', said: await logSince(launch.place, logFrom), error }
  }
  const url = addressUrl(file.host, file.port, launch.password)
  return { kind: 'ready', postmaster: { pid, port, url, wasRunning: false, ended } }
}

/** The postmaster's file once it takes connections, proved by one; undefined when it ended before. */
async function whenReady({ place, password }: Launch, pid: number): Promise<PostmasterFile | undefined> {
  const giveUpAt = Date.now() + READY_MS
  while (await isRunning(pid)) {
    const file = await readPostmasterFile(place)
    if (file?.pid === pid && file.isReady) {
      const proof = await proveConnection(file, password)
      if (proof.ok) return file
      if (Date.now() > giveUpAt || !proof.mayComeRight) throw startFault(proof.error)
    } else if (Date.now() > giveUpAt) {
      throw new Fault('start.database-unreachable', `Postgres (process ${pid}) does not become ready.`)
    }
    await delay(LOOK_AGAIN_MS)
  }
  return undefined
}

/** In a session of its own: Ctrl-C at the terminal is for us, and Postgres must outlive what we still have to write. */
async function spawnPostgres({ place, binaries, account, settings }: Launch, port: number): Promise<ChildProcess> {
  const listening =
    place.address.kind === 'socket'
      ? { listen_addresses: '', unix_socket_directories: place.run, unix_socket_permissions: '0700' }
      : { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
  const options = Object.entries({ ...listening, port: String(port), ...settings })
  const [command = '', ...args] = [
    ...account.prefix,
    binaries.postgres,
    '-D',
    place.data,
    ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const log = await open(place.logFile, 'a', 0o600)
  try {
    return spawn(command, args, { env: CLEAN_ENV, cwd: place.data, detached: true, stdio: ['ignore', log.fd, log.fd] })
  } finally {
    await log.close()
  }
}

/** Keeps the log from growing for ever, and says where this start's lines begin. */
async function turnLog({ logFile }: Place): Promise<number> {
  const size = await stat(logFile).then(
    (entry) => entry.size,
    () => 0,
  )
  if (size < MAX_LOG_BYTES) return size
  await rename(logFile, `${logFile}.1`)
  return 0
}

async function logSince({ logFile }: Place, from: number): Promise<string> {
  const file = await open(logFile, 'r')
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(16_384), position: from })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A port that is free now. Somebody may take it before Postgres does; the start is then tried again with another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
