import { Fault } from '@errand/contracts'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where everything lies below the data folder. */
export interface DataFolder {
  readonly root: string
  readonly postgres: string
  readonly blobs: string
  readonly repositories: string
  readonly sandboxes: string
  /** Sandboxes of hosted MCP servers, and the packages that they are started from. */
  readonly hosted: string
  readonly bundles: string
  readonly gateway: string
  readonly gatewaySocket: string
  readonly vaultPrivate: string
  readonly vaultPublic: string
  readonly sessionSecret: string
  readonly log: string
  readonly cliToken: string
  readonly address: string
}

export function dataFolder(root: string): DataFolder {
  const at = (...parts: readonly string[]) => join(root, ...parts)
  return {
    root,
    postgres: at('postgres'),
    blobs: at('blobs'),
    repositories: at('repositories'),
    sandboxes: at('sandboxes'),
    hosted: at('hosted'),
    bundles: at('bundles'),
    gateway: at('gw'),
    gatewaySocket: at('gw', 'gateway.sock'),
    vaultPrivate: at('keys', 'vault.json'),
    vaultPublic: at('keys', 'vault.public.json'),
    sessionSecret: at('keys', 'session.secret'),
    log: at('log', 'errand.log'),
    cliToken: at('cli-token'),
    address: at('address'),
  }
}

/** An empty database takes 60 MB, a run a few more; below this a start would only fail later and half-made. */
const NEEDED_BYTES = 200_000_000

/** Makes the folder and proves that it can be written. Rejects with `start.folder-unwritable` or `start.disk-full`. */
export async function prepareDataFolder(root: string): Promise<void> {
  try {
    await makeFolder(root)
    // Sandboxes run under other uids and are shown a folder in it: they may pass, and see nothing.
    await chmod(root, 0o711)
    const probe = join(root, `.probe.${process.pid}`)
    await writeFile(probe, 'x'.repeat(4096))
    await rm(probe)
  } catch (error) {
    throw folderFault(error, root)
  }
  const { bavail, bsize } = await statfs(root)
  if (bavail * bsize < NEEDED_BYTES)
    throw new Fault(
      'start.disk-full',
      `${Math.round((bavail * bsize) / 1e6)} MB are free where ${root} lies; ${NEEDED_BYTES / 1e6} MB are needed.`,
    )
}

/** As `mkdir -p`. Node's own recursion never ends where the system answers ENOENT below a folder that is there, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    await makeFolder(dirname(path))
    await mkdir(path)
  }
}

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENAMETOOLONG', 'ELOOP'])

/** What the operating system said while the folder was made or locked, as a fault with words. */
export function folderFault(error: unknown, root: string): unknown {
  const code = codeOf(error)
  if (!UNWRITABLE.has(code)) return startFault(error, root)
  return new Fault('start.folder-unwritable', `${root} (${code})`, { cause: error })
}

/** The same for any later part of a start, where only a full disk says what it was. Anything else stays as it is. */
export function startFault(error: unknown, root: string): unknown {
  if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') return error
  return new Fault('start.disk-full', root, { cause: error })
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String(Reflect.get(error, 'code')) : ''
}

/** Written under another name and renamed: nobody ever reads half of it. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, text, { mode })
  await chmod(`${path}.new`, mode)
  await rename(`${path}.new`, path)
}
