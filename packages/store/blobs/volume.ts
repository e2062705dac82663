import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '@errand/contracts'
import { openDrafts, putAt, undefinedIfAbsent } from './drafts.ts'
import { type Blobs, keyOf } from './types.ts'

/** Blobs as files below `folder`, which is made if absent. Several processes may use one folder. */
export async function openBlobs(folder: string): Promise<Blobs> {
  const drafts = await openDrafts(folder)
  const pathOf = (sha256: string): string => join(folder, ...keyOf(sha256))
  return {
    put: (body, options) => drafts.take(body, options, ({ path, sha256 }) => publish(path, pathOf(sha256))),
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
    sweep: (before) => drafts.sweep(before),
  }
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
