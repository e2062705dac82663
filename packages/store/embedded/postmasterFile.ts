import { readFile } from 'node:fs/promises'
import type { Place } from './place.ts'
import { worksIn } from './processes.ts'

/** What a postmaster says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  /** Where it listens: the folder of its socket, or an address. */
  readonly host: string
  readonly isReady: boolean
}

/** Undefined when there is no such file, or it is still being written. */
export async function readPostmasterFile({ postmasterFile }: Place): Promise<PostmasterFile | undefined> {
  const text = await readFile(postmasterFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const [pid, , , port, socketFolder, listens, , status] = text.split('\n').map((line) => line.trim())
  if (!Number(pid)) return undefined
  return { pid: Number(pid), port: Number(port), host: socketFolder || listens || '', isReady: status === 'ready' }
}

/** The postmaster of this place, if one is alive: the file alone proves nothing, since process ids are used again. */
export async function livePostmaster(place: Place): Promise<PostmasterFile | undefined> {
  const file = await readPostmasterFile(place)
  return file !== undefined && (await worksIn(file.pid, place.data)) ? file : undefined
}
