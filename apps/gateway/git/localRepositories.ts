import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nameSchema, type OrgId } from '@errand/contracts'

const run = promisify(execFile)

/** Bare repositories that Errand keeps itself: `<folder>/<orgId>/<name>.git`. Who may use which is decided elsewhere. */
export interface LocalRepositories {
  /** The folder that holds those of an organisation. */
  rootOf(orgId: OrgId): string
  /**
   * The repository's folder, made when it is not there: whole or not at all, also when two ask at once. `fill` may
   * put commits into it before anybody sees it.
   */
  ensure(
    repository: { readonly orgId: OrgId; readonly name: string },
    fill?: (folder: string) => Promise<void>,
  ): Promise<string>
  has(repository: { readonly orgId: OrgId; readonly name: string }): Promise<boolean>
  /** Bytes on disk; 0 when it is not there. */
  sizeBytes(repository: { readonly orgId: OrgId; readonly name: string }): Promise<number>
  /** Gone at once for whoever asks next, then from the disk. Nothing happens when it is not there. */
  remove(repository: { readonly orgId: OrgId; readonly name: string }): Promise<void>
  /** Points HEAD of a repository that had no commit to the branch that it has now. */
  adoptHead(repository: { readonly orgId: OrgId; readonly name: string }, ref: string): Promise<void>
  /** Removes what an interrupted `ensure` or `remove` left. Called once at start. */
  sweep(): Promise<void>
}

interface LocalRepositoriesDeps {
  readonly folder: string
  /** PATH in which `git` is found. */
  readonly searchPath: string
}

/** No repository's name begins with a dot, so these are in nobody's way. */
const UNFINISHED = '.unfinished-'
const REMOVED = '.removed-'

export function localRepositories({ folder, searchPath }: LocalRepositoriesDeps): LocalRepositories {
  const rootOf = (orgId: OrgId) => join(folder, orgId)
  const pathOf = ({ orgId, name }: { orgId: OrgId; name: string }) =>
    join(rootOf(orgId), `${nameSchema.parse(name)}.git`)
  const git = (...args: string[]) => run('git', args, { env: gitEnvironment(searchPath) })

  return {
    rootOf,
    async ensure(repository, fill) {
      const path = pathOf(repository)
      if (await exists(path)) return path
      await mkdir(rootOf(repository.orgId), { recursive: true, mode: 0o700 })
      const unfinished = await mkdtemp(join(rootOf(repository.orgId), UNFINISHED))
      try {
        await git('init', '--quiet', '--bare', '--template=', '--initial-branch=main', unfinished)
        await fill?.(unfinished)
        await rename(unfinished, path)
      } catch (error) {
        await rm(unfinished, { recursive: true, force: true })
        // Another was first: theirs is as good.
        if (!(await exists(path))) throw error
      }
      return path
    },
    has: (repository) => exists(pathOf(repository)),
    sizeBytes: (repository) => folderSize(pathOf(repository)),
    async remove(repository) {
      const path = pathOf(repository)
      if (!(await exists(path))) return
      const removed = await mkdtemp(join(rootOf(repository.orgId), REMOVED))
      await rename(path, join(removed, 'repository'))
      await rm(removed, { recursive: true, force: true })
    },
    async adoptHead(repository, ref) {
      const path = pathOf(repository)
      const isBorn = await git('-C', path, 'rev-parse', '--quiet', '--verify', 'HEAD^{commit}').then(
        () => true,
        () => false,
      )
      if (!isBorn) await git('-C', path, 'symbolic-ref', 'HEAD', ref)
    },
    async sweep() {
      for (const org of await list(folder)) {
        const left = (await list(join(folder, org))).filter(
          (name) => name.startsWith(UNFINISHED) || name.startsWith(REMOVED),
        )
        await Promise.all(left.map((name) => rm(join(folder, org, name), { recursive: true, force: true })))
      }
    },
  }
}

/** Nothing of the machine's or the person's own git configuration is read. */
function gitEnvironment(searchPath: string): NodeJS.ProcessEnv {
  return {
    PATH: searchPath,
    LANG: 'C.UTF-8',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, missing(false))
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(missing<string[]>([]))
}

async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(missing([]))
  // git may be tidying up meanwhile: what vanishes counts nothing.
  const sizes = entries.map(async (entry) =>
    entry.isFile() ? stat(join(entry.parentPath, entry.name)).then(({ size }) => size, missing(0)) : 0,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** What stands for a file or folder that is not there; any other error goes on. */
function missing<T>(value: T): (error: unknown) => T {
  return (error) => {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return value
    throw error
  }
}
