import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { Fault } from '@errand/contracts'

export interface Blob {
  readonly sha256: string
  readonly sizeBytes: number
}

export interface PutOptions {
  /** What the sender announced; bytes that differ are refused with `artifact.hash-mismatch`. */
  readonly sha256?: string
  readonly sizeBytes?: number
  /** More than this is refused with `artifact.too-large`, before it is written where the size was announced. */
  readonly maxBytes: number
}

/** First and last byte, both included, as in an HTTP range. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Immutable bytes, named by their SHA-256 (64 lower-case hex digits). */
export interface Blobs {
  /**
   * Takes a stream without holding it in memory. When it resolves, the bytes are on disk under their hash; when it
   * rejects, nothing is left. Putting what is there already is fine. A full disk is `storage.full`.
   */
  put(body: Readable, options: PutOptions): Promise<Blob>
  /** Rejects with `artifact.unknown` before the first byte when there is no such blob. The caller ends the stream. */
  open(sha256: string, options?: { readonly range?: ByteRange }): Promise<Readable>
  has(sha256: string): Promise<boolean>
  /**
   * False when there was nothing to delete, or when the blob was put at or after `putBefore`: a sender may just have
   * brought the same bytes again and be about to name them in a row.
   */
  delete(sha256: string, options?: { readonly putBefore?: Date }): Promise<boolean>
  /** Removes what interrupted puts left before that time; gives how many files. */
  sweep(before: Date): Promise<number>
}

/** Blobs as files below `folder`, which is made if absent. Several processes may use one folder. */
export async function openBlobs(folder: string): Promise<Blobs> {
  const unfinished = join(folder, 'unfinished')
  await mkdir(unfinished, { recursive: true, mode: 0o700 }).catch(diskFault)
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Fault('artifact.unknown')
    return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  }
  return {
    put: async (body, options) => {
      if ((options.sizeBytes ?? 0) > options.maxBytes) throw tooLarge(body, options.maxBytes)
      const draft = join(unfinished, randomBytes(12).toString('hex'))
      try {
        const blob = await write(body, draft, options)
        await publish(draft, pathOf(blob.sha256))
        return blob
      } catch (error) {
        await rm(draft, { force: true })
        return diskFault(error)
      }
    },
    open: async (sha256, { range } = {}) => {
      const file = await openIfThere(pathOf(sha256))
      if (file === undefined) throw new Fault('artifact.unknown')
      return file.createReadStream({ ...range })
    },
    has: async (sha256) => (await putAt(pathOf(sha256))) !== undefined,
    delete: async (sha256, { putBefore } = {}) => {
      const path = pathOf(sha256)
      const at = await putAt(path)
      if (at === undefined || (putBefore !== undefined && at >= putBefore)) return false
      await rm(path, { force: true })
      return true
    },
    sweep: async (before) => {
      const names = await readdir(unfinished)
      const swept = await Promise.all(names.map((name) => removeIfOlder(join(unfinished, name), before)))
      return swept.filter(Boolean).length
    },
  }
}

/** Streams into a file that nobody else knows, checks what was announced, and has it on disk when it resolves. */
async function write(body: Readable, draft: string, options: PutOptions): Promise<Blob> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* measured(): AsyncGenerator<Buffer> {
    // Leaving the loop, also by throwing, ends the sender's stream.
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length
      if (sizeBytes > options.maxBytes) throw new Fault('artifact.too-large', limitWords(options.maxBytes))
      hash.update(chunk)
      yield chunk
    }
  }
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(measured())
    await file.sync()
  } finally {
    await file.close()
  }
  const sha256 = hash.digest('hex')
  if (options.sizeBytes !== undefined && options.sizeBytes !== sizeBytes) {
    throw new Fault('artifact.hash-mismatch', `${options.sizeBytes} bytes were announced, ${sizeBytes} came.`)
  }
  if (options.sha256 !== undefined && options.sha256 !== sha256) throw new Fault('artifact.hash-mismatch')
  return { sha256, sizeBytes }
}

/** A rename is on disk only when the folder is, and a new folder only when the one above it is. */
async function publish(draft: string, path: string): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(draft, path)
  await syncFolder(folder)
  if (made === undefined) return
  for (let above = dirname(folder); above.length >= dirname(made).length; above = dirname(above))
    await syncFolder(above)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(undefinedIfAbsent)
}

async function putAt(path: string): Promise<Date | undefined> {
  return stat(path).then((entry) => entry.mtime, undefinedIfAbsent)
}

async function removeIfOlder(path: string, before: Date): Promise<boolean> {
  const at = await putAt(path)
  if (at === undefined || at >= before) return false
  await rm(path, { force: true })
  return true
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function tooLarge(body: Readable, maxBytes: number): Fault {
  body.destroy()
  return new Fault('artifact.too-large', limitWords(maxBytes))
}

function limitWords(maxBytes: number): string {
  return `The limit is ${maxBytes} bytes.`
}

function diskFault(error: unknown): never {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('storage.full', undefined, { cause: error })
  throw error
}
