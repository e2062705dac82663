import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Fault } from '@errand/contracts'
import type { Blob, PutOptions } from './types.ts'

export interface Drafts {
  /** Has the stream on disk and what was announced of it checked, then `keep` brings it where it belongs. */
  take(
    body: Readable,
    options: PutOptions,
    keep: (draft: Blob & { readonly path: string }) => Promise<void>,
  ): Promise<Blob>
  /** Removes what interrupted processes left before that time; gives how many files. */
  sweep(before: Date): Promise<number>
}

/** What is being received lies in `folder`/unfinished: its name is its hash, which nobody knows before its end. */
export async function openDrafts(folder: string): Promise<Drafts> {
  const unfinished = join(folder, 'unfinished')
  await mkdir(unfinished, { recursive: true, mode: 0o700 }).catch(diskFault)
  return {
    take: async (body, options, keep) => {
      if ((options.sizeBytes ?? 0) > options.maxBytes) throw tooLarge(body, options.maxBytes)
      const path = join(unfinished, randomBytes(12).toString('hex'))
      try {
        const blob = await write(body, path, options)
        await keep({ ...blob, path })
        return blob
      } catch (error) {
        return diskFault(error)
      } finally {
        // Where it was kept by a new name, there is none any more.
        await rm(path, { force: true })
      }
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

export async function putAt(path: string): Promise<Date | undefined> {
  return stat(path).then((entry) => entry.mtime, undefinedIfAbsent)
}

async function removeIfOlder(path: string, before: Date): Promise<boolean> {
  const at = await putAt(path)
  if (at === undefined || at >= before) return false
  await rm(path, { force: true })
  return true
}

export function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
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
