import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, lchown, lstat, mkdir, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { HostedRecipe, InstalledBundle } from '@errand/contracts'
import * as z from 'zod'

/** A package as it was installed once: the same bytes at every start. */
export interface Bundle {
  /** Of everything in it. */
  readonly sha256: string
  readonly folder: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Of an image. */
  readonly image?: NonNullable<InstalledBundle['image']>
}

export type HostedPackage = HostedRecipe['package']

const bundleSchema = z.object({
  command: z.array(z.string()).max(50),
  env: z.record(z.string(), z.string()),
  sha256: z.string(),
  file: z.string(),
  image: z.object({ args: z.array(z.string()).max(50), cwd: z.string(), manifest: z.string() }).exactOptional(),
})
const FILES = 'files'
const NOTE = 'bundle.json'

/** Bundles by their content, and for each package and version which one it is. */
export class Bundles {
  readonly #root: string
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(root: string) {
    this.#root = root
  }

  /** The bundle of a package, made where there is none: once, however many want it at the same time. */
  findOr(wanted: HostedPackage, make: () => Promise<Bundle>): Promise<Bundle> {
    const key = this.#nameOf(wanted)
    const before = this.#turns.get(key) ?? Promise.resolve()
    const act = async (): Promise<Bundle> => (await this.#find(wanted)) ?? (await make())
    const mine = before.then(act, act)
    const forget = (): void => {
      if (this.#turns.get(key) === mine) this.#turns.delete(key)
    }
    this.#turns.set(key, mine)
    mine.then(forget, forget)
    return mine
  }

  /** Null: not installed yet, or not what this digest says. */
  async #find(wanted: HostedPackage): Promise<Bundle | null> {
    const sha256 = await readFile(this.#nameOf(wanted), 'utf8').catch(ifThere)
    if (sha256 === null) return null
    const found = await this.#read(join(this.#root, sha256))
    return found === null || (wanted.sha256 !== undefined && found.sha256 !== wanted.sha256)
      ? null
      : { ...found, sha256, folder: join(this.#root, sha256) }
  }

  /** Takes in what an installation left in `folder`, under the digest of all of it. Throws when it is not whole. */
  async take(wanted: HostedPackage, folder: string): Promise<Bundle> {
    const note = await this.#read(folder)
    if (note === null) throw new Error('the installation left nothing')
    await mkdir(join(this.#root, '.names'), { recursive: true })
    await chmod(this.#root, 0o755)
    const sha256 = await digestOfTree(folder)
    const place = join(this.#root, sha256)
    await rename(folder, place).catch((error: NodeJS.ErrnoException) => {
      // The same bytes are there already.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    const name = this.#nameOf(wanted)
    await writeFile(`${name}.new`, sha256)
    await rename(`${name}.new`, name)
    return { ...note, sha256, folder: place }
  }

  /** Deletes those that nobody uses and that came before `before`. Who wants one later installs it again. */
  async sweep({ used, before }: { used: readonly string[]; before: Date }): Promise<void> {
    for (const name of (await readdir(this.#root).catch(ifThere)) ?? []) {
      if (!/^[0-9a-f]{64}$/.test(name) || used.includes(name)) continue
      const folder = join(this.#root, name)
      if ((await stat(folder)).ctime < before) await rm(folder, { recursive: true, force: true })
    }
  }

  async #read(folder: string): Promise<z.infer<typeof bundleSchema> | null> {
    const text = await readFile(join(folder, NOTE), 'utf8').catch(ifThere)
    return text === null ? null : bundleSchema.parse(JSON.parse(text))
  }

  #nameOf({ registry, name, version, bin = '' }: HostedPackage): string {
    const key = JSON.stringify([registry, name, version, bin, process.platform, process.arch])
    return join(this.#root, '.names', createHash('sha256').update(key).digest('hex'))
  }
}

/**
 * The digest of names, kinds and contents, and of nothing that differs between two installations of the same. On the
 * way everything becomes ours and readable by all: who installed it had a uid that somebody else will bear.
 */
async function digestOfTree(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const uid = process.getuid?.() ?? 0
  const visit = async (path: string, name: string): Promise<void> => {
    const stats = await lstat(path)
    if (uid === 0) await lchown(path, 0, 0)
    if (stats.isSymbolicLink()) {
      hash.update(`link ${name}\0${await readlink(path)}\0`)
    } else if (stats.isDirectory()) {
      await chmod(path, 0o755)
      hash.update(`folder ${name}\0`)
      for (const entry of (await readdir(path)).toSorted()) await visit(join(path, entry), `${name}/${entry}`)
    } else if (stats.isFile()) {
      await chmod(path, (stats.mode & 0o100) === 0 ? 0o644 : 0o755)
      const content = createHash('sha256')
      await pipeline(createReadStream(path), content)
      hash.update(`file ${name}\0${(stats.mode & 0o100) === 0 ? '' : 'x'}${content.digest('hex')}\0`)
    } else throw new Error(`${name} is neither file, folder nor link`)
  }
  await visit(join(folder, FILES), FILES)
  await visit(join(folder, NOTE), NOTE)
  await chmod(folder, 0o755)
  if (uid === 0) await lchown(folder, 0, 0)
  return hash.digest('hex')
}

function ifThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
