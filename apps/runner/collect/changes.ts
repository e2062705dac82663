import { createWriteStream } from 'node:fs'
import type { Changes } from '@errand/contracts'
import { gitWords } from '../workspace/git.ts'
import { type Snapshot, SnapshotFailed } from './snapshot.ts'

/** What differs between the commit that the work started from and its end. Null when nothing does. */
export async function readChanges(snapshot: Snapshot): Promise<Changes | null> {
  const { clone, head, git } = snapshot
  if (head === null || head === clone.base) return null
  const base = clone.base ?? (await emptyTree(snapshot))
  const [counted, commits] = await Promise.all([
    git({ args: ['diff', '--numstat', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', base, head] }),
    git({ args: ['rev-list', '--count', head, ...(clone.base === null ? [] : [`^${clone.base}`])] }),
  ])
  if (counted.exitCode !== 0) throw new SnapshotFailed(gitWords(counted))
  const files = counted.stdout.split('\0').filter((line) => line !== '')
  if (files.length === 0 && commits.stdout.trim() === '0') return null
  return {
    repository: clone.repository.name,
    base,
    head,
    branch: null,
    commits: Number(commits.stdout.trim()),
    files: files.length,
    added: sum(files, 0),
    removed: sum(files, 1),
  }
}

/** Writes the patch straight to disk: it may be larger than memory. Binary files are in it whole. */
export async function writePatch(
  snapshot: Snapshot,
  { base, head }: Pick<Changes, 'base' | 'head'>,
  path: string,
): Promise<void> {
  const args = ['diff', '--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', base, head]
  const end = await snapshot.git({ args, into: createWriteStream(path, { flags: 'wx', mode: 0o600 }) })
  if (end.exitCode !== 0) throw new SnapshotFailed(gitWords(end))
}

/** Pushes the work to the run's own branch, which nobody else may push to. Null when it is there, else git's words. */
export async function pushBranch(snapshot: Snapshot, head: string, signal: AbortSignal): Promise<string | null> {
  const { url, pushBranch: branch } = snapshot.clone.repository
  const end = await snapshot.git({
    args: ['push', '--force', '--no-verify', '--', url, `${head}:refs/heads/${branch}`],
    signal,
    mayRepeat: true,
  })
  return end.exitCode === 0 ? null : gitWords(end)
}

async function emptyTree({ git }: Snapshot): Promise<string> {
  return (await git({ args: ['hash-object', '-t', 'tree', '/dev/null'] })).stdout.trim()
}

/** A column of `--numstat`; binary files have `-` there. */
function sum(files: readonly string[], column: 0 | 1): number {
  return files.reduce((total, line) => total + (Number(line.split('\t', 2)[column]) || 0), 0)
}
