import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../config.ts'
import { CliError, EXIT } from '../exit.ts'

/** Where images are made. */
export interface Workshop {
  /** Of the clone. */
  readonly root: string
  /** For what is worth keeping between builds. */
  readonly cacheFolder: string
  /** For this build alone. */
  readonly scratchFolder: string
  /** As the cluster's nodes name it. */
  readonly architecture: string
  /** Of Debian packages; null is the usual one. */
  readonly mirror: string | null
  /** Make again what was kept. */
  readonly isFresh: boolean
  readonly say: (line: string) => void
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

interface Given {
  readonly cacheFolder: string
  readonly mirror: string | null
  /** Make again what was kept. */
  readonly isFresh: boolean
  readonly say: (line: string) => void
}

/** Opens a workshop, works in it, and leaves nothing of it but the cache. */
export async function inWorkshop<T>(given: Given, work: (workshop: Workshop) => Promise<T>): Promise<T> {
  const architecture = ARCHITECTURES[process.arch]
  if (architecture === undefined)
    throw new CliError(EXIT.failed, `Images cannot be made on ${process.arch}.`, 'Use a machine with x64 or arm64.')
  const scratchFolder = join(given.cacheFolder, `.part-${process.pid}`)
  await mkdir(scratchFolder, { recursive: true })
  try {
    return await work({ ...given, root: ROOT, scratchFolder, architecture })
  } finally {
    await rm(scratchFolder, { recursive: true, force: true })
  }
}

/** A program of `.toolchain/bin` that `npm start` puts there. */
export function toolOf({ root }: Workshop, name: string): string {
  return needed(join(root, '.toolchain/bin', name))
}

/** A file that the setup makes. */
export function needed(path: string): string {
  if (existsSync(path)) return path
  throw new CliError(EXIT.failed, `${path} is not there.`, 'Run `node scripts/bootstrap.mjs setup` once.')
}
