import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '@errand/contracts'
import { type Account, CLEAN_ENV, giveTo } from './account.ts'
import type { Binaries } from './binaries.ts'
import { OWNER, type Place } from './place.ts'
import { startFault } from './startFault.ts'

export interface ClusterOptions {
  readonly place: Place
  readonly binaries: Binaries
  readonly account: Account
  /** False only where the whole cluster is thrown away after use. */
  readonly isSynced: boolean
}

/**
 * Makes the cluster when there is none yet, and gives the password of its owner. A cluster appears under its name
 * only when it is complete and on disk, so an interrupted first start leaves nothing that a second one could trip over.
 */
export async function ensureCluster({ place, binaries, account, isSynced }: ClusterOptions): Promise<string> {
  await mkdir(place.run, { recursive: true, mode: 0o700 })
  // Older umasks and copied folders: the socket's only lock is this mode.
  await chmod(place.run, 0o700)
  await giveTo(account, place.run)
  const version = await readIfThere(join(place.data, 'PG_VERSION'))
  if (version === undefined) return createCluster({ place, binaries, account, isSynced })
  if (Number(version) !== binaries.major) {
    const detail = `The data in ${place.data} was written by PostgreSQL ${version.trim()}, this is ${binaries.major}.`
    throw new Fault('start.database-unreachable', detail)
  }
  const password = await readIfThere(place.passwordFile)
  if (password === undefined) throw new Fault('start.database-unreachable', `${place.passwordFile} is missing.`)
  return password
}

async function createCluster({ place, binaries, account, isSynced }: ClusterOptions): Promise<string> {
  const unfinished = `${place.data}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  const password = randomBytes(32).toString('base64url')
  await writeDurably(place.passwordFile, password)
  await giveTo(account, unfinished)
  await giveTo(account, place.passwordFile)
  const [command = '', ...args] = [
    ...account.prefix,
    binaries.initdb,
    `--pgdata=${unfinished}`,
    `--username=${OWNER}`,
    `--pwfile=${place.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // Sorts by byte on every version, and from 17 on also knows upper and lower case beyond ASCII.
    ...(binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
    '--no-instructions',
    ...(isSynced ? [] : ['--no-sync']),
  ]
  await promisify(execFile)(command, args, { env: CLEAN_ENV, cwd: unfinished }).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    throw startFault(error, error instanceof Error ? String(Reflect.get(error, 'stderr') ?? '') : '')
  })
  await rename(unfinished, place.data)
  await syncFolder(dirname(place.data))
  return password
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
