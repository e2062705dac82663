import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RunRepository } from '@errand/contracts'
import { StepFailed } from '../events/recorder.ts'
import { type Git, type GitEnd, gitWords } from './git.ts'

export interface Clone {
  readonly repository: RunRepository
  /** Absolute path of the working tree. */
  readonly folder: string
  /** The commit that the work starts from; null in a repository that has none yet. */
  readonly base: string | null
}

/**
 * Clones one repository into the workspace and puts its working tree on the run's own branch, at the commit that was
 * asked for. Throws `StepFailed` with git's own words.
 */
export async function cloneRepository(
  repository: RunRepository,
  deps: {
    readonly workspace: string
    readonly git: Git
    readonly signal: AbortSignal
    readonly onProgress: () => void
  },
): Promise<Clone> {
  const { git, signal, onProgress } = deps
  const folder = join(deps.workspace, repository.dir)
  await mkdir(dirname(folder), { recursive: true })
  const branch = repository.branch === null ? [] : ['--branch', repository.branch]
  const cloned = await git({
    args: ['clone', '--progress', '--template=', '--no-recurse-submodules', ...branch, '--', repository.url, folder],
    cwd: deps.workspace,
    signal,
    onProgress,
    // What it began it takes away again.
    mayRepeat: true,
  })
  if (cloned.exitCode !== 0) throw cloneFailure(repository, cloned)
  const head = await git({ args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], cwd: folder })
  const base = head.exitCode === 0 ? head.stdout.trim() : null
  if (base === null && repository.branch !== null) throw branchMissing(repository)
  const onBranch =
    base === null
      ? await git({ args: ['symbolic-ref', 'HEAD', `refs/heads/${repository.pushBranch}`], cwd: folder })
      : await git({ args: ['checkout', '--quiet', '--no-track', '-B', repository.pushBranch, base], cwd: folder })
  if (onBranch.exitCode !== 0)
    throw new StepFailed('repository.clone-failed', `${repository.name}: ${gitWords(onBranch)}`)
  return { repository, folder, base }
}

function cloneFailure(repository: RunRepository, end: GitEnd): StepFailed {
  const words = gitWords(end)
  if (repository.branch !== null && /Remote branch .* not found/.test(end.stderr)) return branchMissing(repository)
  if (/No space left on device/.test(end.stderr)) return new StepFailed('sandbox.disk-full', words)
  return new StepFailed('repository.clone-failed', `${repository.name}: ${words}`)
}

function branchMissing({ name, branch }: RunRepository): StepFailed {
  return new StepFailed('repository.branch-missing', `${name} has no branch ${branch ?? ''}.`)
}
