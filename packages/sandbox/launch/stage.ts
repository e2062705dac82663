import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What the launcher has to show where, and under which path a source is found then. */
export interface Stage {
  readonly words: readonly string[]
  find(path: string): string
}

/** For one who may go everywhere: nothing to show. */
export const NO_STAGE: Stage = { words: [], find: (path) => path }

/**
 * Makes sources reachable for a user who cannot walk through the folders above them, as a home folder is 0700: they are
 * shown on a tmpfs in the launcher's own mount namespace. `trees` are shown whole, once: each mount costs a process.
 */
export function makeStage(trees: readonly string[], files: readonly string[]): Stage {
  const hidden = [...trees, ...files].filter((path) => !isReachableByAll(path))
  if (hidden.length === 0) return NO_STAGE
  const folder = stageFolder([...trees, ...files])
  const shown = new Map(hidden.map((path, i) => [path, join(folder, String(i))]))
  return {
    words: ['stage', folder, ...[...shown].flatMap(([path, place]) => ['show', path, place])],
    find(path) {
      const source = hidden.find((one) => path === one || path.startsWith(`${one}/`))
      return source === undefined ? path : `${shown.get(source) ?? ''}${path.slice(source.length)}`
    },
  }
}

/** Every system has some of these; one that none of the sources lies below, or mounting on it would hide them. */
const STAGES = ['/mnt', '/media', '/srv', '/opt', '/var/opt', '/var/local', '/boot']

function stageFolder(sources: readonly string[]): string {
  const real = sources.map((source) => realpathSync(source))
  const isFree = (folder: string) => existsSync(folder) && !real.some((source) => source.startsWith(`${folder}/`))
  const found = STAGES.find(isFree)
  if (found === undefined) throw new Error(`none of ${STAGES.join(', ')} is there and free to mount on`)
  return found
}

const SEARCHABLE_BY_ALL = 0o001

function isReachableByAll(path: string): boolean {
  // A link's target has other folders above it than the link.
  for (let folder = dirname(realpathSync(path)); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & SEARCHABLE_BY_ALL) === 0) return false
    if (folder === '/') return true
  }
}
