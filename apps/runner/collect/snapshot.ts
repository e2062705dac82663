import { copyFile, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clone } from '../workspace/clone.ts'
import { type Git, type GitCommand, type GitEnd, gitWords } from '../workspace/git.ts'

export interface Snapshot {
  readonly clone: Clone
  /** All of the work as one commit, or null when nothing was ever committed and nothing is there to commit. */
  readonly head: string | null
  /** Whether the agent had left changes uncommitted. */
  readonly isCompleted: boolean
  /** git on the runner's own copy of the repository's bookkeeping, with the agent's objects. */
  readonly git: (command: Omit<GitCommand, 'cwd'>) => Promise<GitEnd>
}

/** The repository cannot be read any more; the words say why. */
export class SnapshotFailed extends Error {}

/**
 * Takes down all of the work in one repository: the agent's commits, and on top of them, as a commit of the runner's,
 * what it left uncommitted, so that nothing is lost. The agent may have changed anything in `.git`; therefore the
 * runner works in a `.git` of its own, with its own settings, and takes from the agent's only objects, the index and
 * the commit it stands on. `.gitignore` is respected. The working tree and the agent's branches stay as they are.
 */
export async function takeSnapshot(
  clone: Clone,
  deps: { readonly git: Git; readonly ownFolder: string; readonly message: string },
): Promise<Snapshot> {
  const paths = await readPaths(clone, deps.git)
  const gitDir = join(deps.ownFolder, `${clone.repository.dir.replaceAll('/', '_')}.git`)
  await rm(gitDir, { recursive: true, force: true })
  await mkdir(deps.ownFolder, { recursive: true })
  const made = await deps.git({
    args: ['init', '--quiet', '--bare', '--template=', `--object-format=${paths.format}`, gitDir],
    cwd: deps.ownFolder,
  })
  if (made.exitCode !== 0) throw new SnapshotFailed(gitWords(made))
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true })
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${paths.objects}\n`)
  await mkdir(join(gitDir, 'info'), { recursive: true })
  await copyIfThere(paths.exclude, join(gitDir, 'info', 'exclude'))
  await copyIfThere(paths.index, join(gitDir, 'index'))
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: clone.folder }
  const git = (command: Omit<GitCommand, 'cwd'>): Promise<GitEnd> => deps.git({ ...command, cwd: clone.folder, env })
  const tree = await stageAll(git, { gitDir, head: paths.head })
  return { clone, git, ...(await commitTree(git, { tree, head: paths.head, message: deps.message })) }
}

interface Paths {
  readonly format: string
  readonly objects: string
  readonly index: string
  readonly exclude: string
  readonly head: string | null
}

async function readPaths(clone: Clone, git: Git): Promise<Paths> {
  const wanted = ['--git-path', 'objects', '--git-path', 'index', '--git-path', 'info/exclude', '--show-object-format']
  const found = await git({
    args: ['rev-parse', '--path-format=absolute', ...wanted],
    cwd: clone.folder,
    env: { GIT_CEILING_DIRECTORIES: join(clone.folder, '..') },
  })
  const [objects, index, exclude, format] = found.stdout.trimEnd().split('\n')
  if (
    found.exitCode !== 0 ||
    objects === undefined ||
    index === undefined ||
    exclude === undefined ||
    format === undefined
  ) {
    throw new SnapshotFailed(gitWords(found))
  }
  const head = await git({ args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], cwd: clone.folder })
  return { objects, index, exclude, format, head: head.exitCode === 0 ? head.stdout.trim() : null }
}

/**
 * Keeps the time of its last change: git reads a file again that was changed in the same second as the index was
 * written. With a newer index it would take an edit of the same length for no edit.
 */
async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to)
    const { atime, mtime } = await stat(from)
    await utimes(to, atime, mtime)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** The tree of everything in the working tree that is not ignored. The agent's index only saves reading what did not change. */
async function stageAll(
  git: Snapshot['git'],
  { gitDir, head }: { gitDir: string; head: string | null },
): Promise<string> {
  const first = await addAndWrite(git)
  if (first.exitCode === 0) return first.stdout.trim()
  // A merge left open, or an index that this git cannot read: start from the commit instead.
  await rm(join(gitDir, 'index'), { force: true })
  if (head !== null) await git({ args: ['read-tree', head] })
  const second = await addAndWrite(git)
  if (second.exitCode !== 0) throw new SnapshotFailed(gitWords(second))
  return second.stdout.trim()
}

async function addAndWrite(git: Snapshot['git']): Promise<GitEnd> {
  const added = await git({ args: ['add', '--all', '--ignore-errors', '--', '.'] })
  // 1: some file could not be read; the others are in. Anything else leaves no index worth writing.
  return added.exitCode > 1 ? added : await git({ args: ['write-tree'] })
}

async function commitTree(
  git: Snapshot['git'],
  { tree, head, message }: { tree: string; head: string | null; message: string },
): Promise<Pick<Snapshot, 'head' | 'isCompleted'>> {
  const before =
    head === null
      ? await git({ args: ['hash-object', '-t', 'tree', '/dev/null'] })
      : await git({ args: ['rev-parse', `${head}^{tree}`] })
  if (before.stdout.trim() === tree) return { head, isCompleted: false }
  const parent = head === null ? [] : ['-p', head]
  const made = await git({ args: ['commit-tree', tree, ...parent, '-m', message] })
  if (made.exitCode !== 0) throw new SnapshotFailed(gitWords(made))
  return { head: made.stdout.trim(), isCompleted: true }
}

/** What the runner's own commit is called: the task's first line. */
export function commitMessage(prompt: string): string {
  const line = prompt.trim().split('\n', 1)[0]?.trim() ?? ''
  const subject = line.length > 64 ? `${line.slice(0, 63)}…` : line
  return `Errand: ${subject.toWellFormed()}`
}
