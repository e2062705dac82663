import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const CONTENT = fileURLToPath(new URL('repository/', import.meta.url))
/** Fixed, so that every installation has the same commits under the same names. */
const AUTHOR = { name: 'Errand demo', email: 'demo@errand.invalid', date: '2026-01-05T09:00:00+00:00' }

const HISTORY: readonly { readonly message: string; readonly adds: readonly string[] }[] = [
  { message: 'Start a small calendar', adds: ['README.md', 'package.json'] },
  { message: 'Leap years, the length of a month and the day after', adds: ['src/calendar.js'] },
  { message: 'Say what the calendar should answer', adds: ['test/calendar.test.js'] },
]

export interface DemoRepositoryOptions {
  /** PATH in which `git` is found. */
  readonly searchPath: string
}

/**
 * Puts the demo repository's history into a bare repository, which is made when the folder is none. A repository
 * that has a `main` is left as it is: it belongs to whoever works with it.
 */
export async function ensureDemoRepository(folder: string, { searchPath }: DemoRepositoryOptions): Promise<void> {
  const git = gitIn(folder, searchPath)
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder])
  if ((await git(['for-each-ref', 'refs/heads/main'])) !== '') return
  let parent: string | null = null
  for (const { message, adds } of HISTORY) {
    for (const path of adds) {
      const blob = await git(['hash-object', '-w', '--stdin'], await readFile(`${CONTENT}${path}`))
      await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`])
    }
    const tree = await git(['write-tree'])
    const ancestry: string[] = parent === null ? [] : ['-p', parent]
    parent = await git(['commit-tree', tree, ...ancestry, '-m', message])
  }
  await rm(indexOf(folder), { force: true })
  // Last: until here nothing of it can be seen, so a half-made history never is. Only one of two at once gets through.
  if (parent !== null) await git(['update-ref', 'refs/heads/main', parent, '0'.repeat(40)])
}

/** Only used to write the trees. */
function indexOf(folder: string): string {
  return `${folder}/index-of-the-demo`
}

type Git = (args: readonly string[], input?: Buffer) => Promise<string>

/** Git on a bare repository with nothing of this machine's settings in it. Gives what it printed, trimmed. */
function gitIn(folder: string, searchPath: string): Git {
  const env = {
    PATH: searchPath,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_DIR: folder,
    GIT_INDEX_FILE: indexOf(folder),
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: AUTHOR.date,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_COMMITTER_DATE: AUTHOR.date,
  }
  return (args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn('git', args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.once('error', reject)
      child.once('close', (code) => {
        if (code === 0) resolve(Buffer.concat(out).toString().trim())
        else reject(new Error(`git ${args[0] ?? ''} ended with ${code}: ${Buffer.concat(err).toString().trim()}`))
      })
      // A git that ends before it has read everything says why on stderr; the broken pipe adds nothing to that.
      child.stdin.once('error', () => undefined)
      child.stdin.end(input)
    })
}
