import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { testFolder } from './testRun.ts'

export interface GitOutput {
  readonly code: number
  readonly stdout: string
  /** What a person at the terminal would have read. */
  readonly stderr: string
}

interface GitOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

const DATE = '2026-01-05T09:00:00+00:00'
const CLEAN = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: DATE,
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_COMMITTER_DATE: DATE,
}

/** Runs the real git with none of this machine's configuration. An exit code is an answer, not an error. */
export function tryGit(args: readonly string[], { cwd, env = {}, input }: GitOptions = {}): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      env: { ...CLEAN, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, ...output }))
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end(input)
  })
}

/** The same for what has to work: throws git's words when it does not. Gives what it printed, trimmed. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryGit(args, options)
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout.trim()
}

export interface Folder {
  readonly path: string
  readonly remove: () => Promise<void>
}

/** A `testFolder` that can go before the test run ends, for what is large. */
export async function temporaryFolder(name = 'folder'): Promise<Folder> {
  const path = await testFolder(name)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Writes files into a working tree and commits them. Gives the commit. */
export async function commitFiles(
  tree: string,
  files: Readonly<Record<string, string | Buffer>>,
  message = 'Change',
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true })
    await writeFile(join(tree, name), content)
  }
  // Random content does not compress: trying to is what takes the time.
  await git(['-c', 'core.compression=0', '-c', 'core.looseCompression=0', 'add', '-A'], { cwd: tree })
  await git(['commit', '--quiet', '--allow-empty', '-m', message], { cwd: tree })
  return git(['rev-parse', 'HEAD'], { cwd: tree })
}

/**
 * Makes a bare repository with these commits on `main`, each a set of files; none makes it empty.
 * `folder` must not exist yet.
 */
export async function createBareRepository(
  folder: string,
  commits: readonly Readonly<Record<string, string | Buffer>>[] = [],
): Promise<void> {
  await git(['init', '--quiet', '--bare', '--initial-branch=main', folder])
  if (commits.length === 0) return
  const tree = await temporaryFolder('errand-tree')
  try {
    await git(['init', '--quiet', '--initial-branch=main', tree.path])
    for (const [index, files] of commits.entries()) await commitFiles(tree.path, files, `Commit ${index + 1}`)
    await git(['-c', 'pack.compression=0', 'push', '--quiet', folder, 'main'], { cwd: tree.path })
  } finally {
    await tree.remove()
  }
}
