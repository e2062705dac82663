import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createTarPacker, type TarPackController } from 'modern-tar'

/** One thing in a tar. Paths have no slash at either end; everything belongs to root unless it says otherwise. */
export type TarEntry = { readonly path: string } & (
  | { readonly kind: 'folder'; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly kind: 'file'; readonly from: string; readonly mode: number; readonly gid?: number }
  | { readonly kind: 'text'; readonly text: string; readonly mode?: number }
  | { readonly kind: 'link'; readonly to: string }
)

export type TarEntries = Iterable<TarEntry> | AsyncIterable<TarEntry>

/** Bytes that have an address: what an image is made of. */
export interface Blob {
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
}

/** Of everything in an image, so that the same things have the same hash whenever and by whomever they are put in. */
const BEGINNING = new Date(0)

/** Writes the entries, in the order given, to a tar at `path`. */
export async function writeTar(path: string, entries: TarEntries): Promise<Blob> {
  const { readable, controller } = createTarPacker()
  const packing = packAll(entries, controller)
  const [blob] = await Promise.all([writeHashed(path, Readable.fromWeb(readable)), packing])
  return blob
}

export async function hashFile(path: string): Promise<Blob> {
  const [hash, meter] = [createHash('sha256'), new Meter()]
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer)
    meter.add(chunk as Buffer)
  }
  return { path, sha256: hash.digest('hex'), sizeBytes: meter.bytes }
}

/** A folder with all that is in it, by name. Modes are what matters of them: may it be executed or not. */
export async function* walkFolder(
  from: string,
  path: string,
  isWanted: (path: string) => boolean = () => true,
): AsyncGenerator<TarEntry> {
  yield { kind: 'folder', path }
  for (const name of (await readdir(from)).toSorted()) {
    const [source, target] = [join(from, name), `${path}/${name}`]
    if (!isWanted(target)) continue
    const stats = await lstat(source)
    if (stats.isDirectory()) yield* walkFolder(source, target, isWanted)
    else if (stats.isSymbolicLink()) yield { kind: 'link', path: target, to: await readlink(source) }
    else if (stats.isFile())
      yield { kind: 'file', path: target, from: source, mode: (stats.mode & 0o100) === 0 ? 0o644 : 0o755 }
  }
}

async function packAll(entries: TarEntries, controller: TarPackController): Promise<void> {
  try {
    for await (const entry of entries) await pack(entry, controller)
    controller.finalize()
  } catch (error) {
    controller.error(error)
    throw error
  }
}

async function pack(entry: TarEntry, controller: TarPackController): Promise<void> {
  const owned = { name: entry.path, mtime: BEGINNING, uid: 0, gid: 0, size: 0 }
  switch (entry.kind) {
    case 'folder': {
      const { mode = 0o755, uid = 0, gid = 0 } = entry
      return controller.add({ ...owned, name: `${entry.path}/`, type: 'directory', mode, uid, gid }).close()
    }
    case 'link':
      return controller.add({ ...owned, type: 'symlink', mode: 0o777, linkname: entry.to }).close()
    case 'text': {
      const bytes = Buffer.from(entry.text)
      const body = controller.add({ ...owned, type: 'file', mode: entry.mode ?? 0o644, size: bytes.length })
      return Readable.toWeb(Readable.from([bytes])).pipeTo(body)
    }
    case 'file': {
      const { size } = await stat(entry.from)
      const body = controller.add({ ...owned, type: 'file', mode: entry.mode, gid: entry.gid ?? 0, size })
      return Readable.toWeb(createReadStream(entry.from, { highWaterMark: 2 ** 20 })).pipeTo(body)
    }
  }
}

async function writeHashed(path: string, bytes: Readable): Promise<Blob> {
  const [hash, meter] = [createHash('sha256'), new Meter()]
  await pipeline(
    bytes,
    async function* measured(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        hash.update(chunk)
        meter.add(chunk)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  return { path, sha256: hash.digest('hex'), sizeBytes: meter.bytes }
}

class Meter {
  bytes = 0
  add(chunk: Uint8Array): void {
    this.bytes += chunk.length
  }
}
