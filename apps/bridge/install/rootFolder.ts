import { lstat, mkdir, readdir, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'

const MOST_LINKS = 40

/**
 * A folder that becomes the root of a file system, filled by somebody who is not trusted: whatever a path goes through,
 * it ends inside. Links lead where they would lead if this were the root already.
 */
export class RootFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Where a thing of this name lies; its folders are made. Null: the root itself. Throws for a path that leads out. */
  async place(name: string): Promise<string | null> {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.')
    if (parts.includes('..') || name.includes('\0')) throw new Error(`a path of the image leads out of it: ${name}`)
    const last = parts.pop()
    return last === undefined ? null : join(await this.#folder(parts), last)
  }

  /** The same with nothing there: another layer's thing of this name is gone. */
  async clear(name: string): Promise<string | null> {
    const place = await this.place(name)
    if (place !== null) await rm(place, { recursive: true, force: true })
    return place
  }

  async empty(name: string): Promise<void> {
    const place = (await this.place(name)) ?? this.path
    if ((await kindOf(place)) !== 'folder') return
    for (const entry of await readdir(place)) await rm(join(place, entry), { recursive: true, force: true })
  }

  /** A real folder, and real ones above it: something will be mounted there. */
  async ensureFolder(name: string): Promise<void> {
    let at = this.path
    for (const part of name.split('/').filter((one) => one !== '')) {
      at = join(at, part)
      if ((await kindOf(at)) === 'folder') continue
      await rm(at, { force: true })
      await mkdir(at)
    }
  }

  async #folder(parts: readonly string[]): Promise<string> {
    const left = [...parts]
    let at: string[] = []
    let links = 0
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        at.pop()
        continue
      }
      const path = join(this.path, ...at, part)
      const kind = await kindOf(path)
      if (kind === 'link') {
        if (++links > MOST_LINKS) throw new Error(`links of the image lead in a circle: ${parts.join('/')}`)
        const target = await readlink(path)
        if (target.startsWith('/')) at = []
        left.unshift(...target.split('/'))
        continue
      }
      if (kind === 'other') throw new Error(`a file of the image is in the way of a folder: ${parts.join('/')}`)
      if (kind === null) await mkdir(path)
      at.push(part)
    }
    return join(this.path, ...at)
  }
}

export async function kindOf(path: string): Promise<'folder' | 'link' | 'other' | null> {
  try {
    const stats = await lstat(path)
    return stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : 'other'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
