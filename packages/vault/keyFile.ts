import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomUUID } from 'node:crypto'
import { Fault } from '@errand/contracts'
import { generateVaultKey, publicHalf, type VaultKey, vaultKeyFromSeed } from './keys.ts'

export interface VaultFiles {
  /** All key pairs, the current one first; 0600. Read by the gateway alone. */
  readonly privateFile: string
  /** The current public key, for everybody who seals. */
  readonly publicFile: string
}

/**
 * Makes the first key where there is none, and (again) the public file beside it. Safe when several processes start at
 * once: the first to finish wins and the others take its key. Gives the keys, the current one first.
 */
export async function ensureVaultKeys(files: VaultFiles, now: () => Date): Promise<readonly VaultKey[]> {
  await mkdir(dirname(files.privateFile), { recursive: true, mode: 0o700 })
  if (!(await exists(files.privateFile))) {
    const draft = await writeDraft(files.privateFile, { keys: [await generateVaultKey(now())] }, 0o600)
    // link, not rename: it refuses to replace a key that somebody else has just made and perhaps sealed with.
    await link(draft, files.privateFile).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(draft)
    await syncFolder(dirname(files.privateFile))
  }
  const keys = await readVaultKeys(files.privateFile)
  await writePublic(files.publicFile, keys)
  return keys
}

/**
 * Adds a new current key in front of the others, which stay: every row sealed for them can still be opened and is
 * sealed anew by `reseal`. Call it in one process at a time.
 */
export async function rotateVaultKeys(files: VaultFiles, now: () => Date): Promise<readonly VaultKey[]> {
  const keys = [await generateVaultKey(now()), ...(await readVaultKeys(files.privateFile))]
  // Private first: nobody seals for a key before the gateway can have it.
  await replace(files.privateFile, { keys }, 0o600)
  await writePublic(files.publicFile, keys)
  return keys
}

/** Fault `start.config-invalid` when the file can be read by others or does not hold keys. */
export async function readVaultKeys(privateFile: string): Promise<readonly VaultKey[]> {
  const { mode } = await stat(privateFile)
  if ((mode & 0o077) !== 0) {
    throw new Fault('start.config-invalid', `${privateFile} can be read by others: chmod 600 it.`)
  }
  const content = JSON.parse(await readFile(privateFile, 'utf8')) as { readonly keys?: unknown }
  const keys: readonly unknown[] = Array.isArray(content.keys) ? content.keys : []
  if (keys.length === 0 || !keys.every(isVaultKey)) {
    throw new Fault('start.config-invalid', `${privateFile} does not hold vault keys.`)
  }
  return keys
}

/**
 * The keys of a file of seeds, as a Secret of a cluster holds them: 32 bytes in base64 a line, the current one first.
 * The public file is written beside.
 */
export async function vaultKeysFromSeeds(
  { seedFile, publicFile }: { readonly seedFile: string; readonly publicFile: string },
  now: () => Date,
): Promise<readonly VaultKey[]> {
  const lines = (await readFile(seedFile, 'utf8')).split('\n').filter((line) => line.trim() !== '')
  const seeds = lines.map((line) => Buffer.from(line.trim(), 'base64'))
  if (seeds.length === 0 || seeds.some((seed) => seed.length !== 32))
    throw new Fault('start.config-invalid', `${seedFile} does not hold seeds of 32 bytes in base64.`)
  const keys = await Promise.all(seeds.map((seed) => vaultKeyFromSeed(new Uint8Array(seed), now())))
  await mkdir(dirname(publicFile), { recursive: true })
  await writePublic(publicFile, keys)
  return keys
}

function isVaultKey(value: unknown): value is VaultKey {
  if (typeof value !== 'object' || value === null) return false
  return ['keyId', 'publicKey', 'privateKey', 'createdAt'].every((name) => typeof Reflect.get(value, name) === 'string')
}

async function writePublic(publicFile: string, [current]: readonly VaultKey[]): Promise<void> {
  if (current !== undefined) await replace(publicFile, publicHalf(current), 0o644)
}

async function replace(path: string, content: unknown, mode: number): Promise<void> {
  await rename(await writeDraft(path, content, mode), path)
  await syncFolder(dirname(path))
}

async function writeDraft(path: string, content: unknown, mode: number): Promise<string> {
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', mode)
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
