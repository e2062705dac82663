import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@errand/observe'
import { admit, postgresAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { placeIn } from './place.ts'
import { type Launch, launchPostmaster, type Postmaster } from './postmaster.ts'
import { signal } from './processes.ts'
import { smallMachineSettings } from './settings.ts'
import { startFault } from './startFault.ts'

export interface PostgresOptions {
  /** Everything lies under it; made if absent. One live process may use it at a time: the caller holds that lock. */
  readonly folder: string
  readonly log: Logger
  /** Another PostgreSQL's programs (15 or newer), for example Debian's. */
  readonly bin?: string
  /** Postgres settings over our own, for tests and large machines. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres {
  /** Stays true over restarts. Holds the password: never log it. */
  readonly url: string
  /** Ends Postgres by a fast shutdown (open transactions are rolled back) and waits until it is gone. */
  stop(): Promise<void>
}

/**
 * Starts the real PostgreSQL that lives in `folder`, or attaches to it when it outlived us. While we live, one that dies
 * is started again; when this process exits, it is told to stop; only a kill -9 of us leaves it running.
 * Rejects with `start.disk-full`, `start.folder-unwritable` or `start.database-unreachable`.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const binaries = await findBinaries(options.bin)
    const account = await postgresAccount()
    await makeFolder(resolve(options.folder))
    await admit(account, resolve(options.folder))
    const place = await placeIn(options.folder)
    const settings: Readonly<Record<string, string>> = { ...smallMachineSettings(binaries.major), ...options.settings }
    const password = await ensureCluster({ place, binaries, account, isSynced: settings['fsync'] !== 'off' })
    const launch: Launch = { place, binaries, account, password, settings }
    const postmaster = await launchPostmaster(launch)
    options.log.info(
      { op: 'postgres.start', pid: postmaster.pid, wasRunning: postmaster.wasRunning },
      'Postgres is ready',
    )
    return new Supervisor(launch, postmaster, options.log)
  } catch (error) {
    throw startFault(error)
  }
}

/** Not mkdir's own `recursive`: on a read-only file system it says that the folder does not exist. */
async function makeFolder(path: string): Promise<void> {
  const attempt = (): Promise<string | undefined> =>
    mkdir(path, { mode: 0o700 }).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST' || error.code === 'ENOENT') return error.code
        throw error
      },
    )
  if ((await attempt()) !== 'ENOENT') return
  await makeFolder(dirname(path))
  await attempt()
}

/** How long each way of stopping may take, and the signal of the next one. */
const FORCE = [
  [30_000, 'SIGQUIT'],
  [10_000, 'SIGKILL'],
] as const
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 10_000
/** One that lived this long did not die of its start, so the next start is tried at once. */
const SETTLED_MS = 30_000

class Supervisor implements EmbeddedPostgres {
  readonly url: string
  readonly #launch: Launch
  readonly #log: Logger
  readonly #stopping = new AbortController()
  readonly #kept: Promise<void>
  #postmaster: Postmaster | undefined
  #stopped: Promise<void> | undefined

  constructor(launch: Launch, postmaster: Postmaster, log: Logger) {
    this.url = postmaster.url
    this.#launch = { ...launch, port: postmaster.port }
    this.#log = log
    this.#postmaster = postmaster
    this.#kept = this.#keepAlive(postmaster)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    this.#tellToStop()
    await this.#force()
    await this.#kept
    this.#log.info({ op: 'postgres.stop' }, 'Postgres has stopped')
  }

  #tellToStop(): void {
    if (this.#postmaster !== undefined) signal(this.#postmaster.pid, 'SIGINT')
  }

  /** Waits for the fast shutdown; after it immediate shutdown, which only costs the next start a recovery. */
  async #force(): Promise<void> {
    for (const [waitMs, next] of FORCE) {
      const timer = new AbortController()
      const isOver = await Promise.race([this.#kept.then(() => true), delay(waitMs, false, { signal: timer.signal })])
      timer.abort()
      if (isOver) return
      this.#log.warn({ op: 'postgres.stop', signal: next }, 'Postgres does not stop; forcing it')
      if (this.#postmaster !== undefined) signal(this.#postmaster.pid, next)
    }
  }

  async #keepAlive(first: Postmaster): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    for (let postmaster: Postmaster | undefined = first; postmaster !== undefined;) {
      const since = Date.now()
      await postmaster.ended
      this.#postmaster = undefined
      if (this.#stopping.signal.aborted) return
      if (Date.now() - since > SETTLED_MS) waitMs = FIRST_WAIT_MS
      this.#log.error({ op: 'postgres.die', pid: postmaster.pid }, 'Postgres ended unexpectedly; starting it again')
      postmaster = undefined
      while (postmaster === undefined && !this.#stopping.signal.aborted) {
        postmaster = await this.#startAgain(waitMs)
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      }
    }
  }

  async #startAgain(waitMs: number): Promise<Postmaster | undefined> {
    try {
      const postmaster = await launchPostmaster(this.#launch)
      this.#postmaster = postmaster
      // Asked to stop while this one came up: nobody else would tell it.
      if (this.#stopping.signal.aborted) this.#tellToStop()
      this.#log.warn({ op: 'postgres.restart', pid: postmaster.pid }, 'Postgres is back')
      return postmaster
    } catch (error) {
      this.#log.error({ op: 'postgres.restart', error, waitMs }, 'Postgres does not start; trying again')
      await delay(waitMs, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => undefined)
      return undefined
    }
  }
}
