import { execFile } from 'node:child_process'
import { access, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { INSIDE, type Mount } from '@errand/sandbox'

const run = promisify(execFile)

/** What of this machine installs and runs packages, and what of it a sandbox has to be shown. */
export interface Tools {
  /** npm's JavaScript file as a sandbox sees it; null: there is no npm. */
  readonly npm: string | null
  /** A Python with pip, at the same path inside and outside. */
  readonly python: string | null
  readonly mounts: readonly Mount[]
}

const NPM_INSIDE = '/opt/errand/npm'
const PATIENCE_MS = 20_000

/** Asks the machine. `/usr` is in every sandbox already; what lies elsewhere is shown. */
export async function findTools(searchPath: string): Promise<Tools> {
  const [npm, python] = await Promise.all([findNpm(searchPath), findPython(searchPath)])
  const mounts = [
    ...(npm === null ? [] : [{ source: npm, target: NPM_INSIDE }]),
    ...(python === null || isBelowUsr(python.prefix) ? [] : [{ source: python.prefix, target: python.prefix }]),
  ]
  return { npm: npm === null ? null : `${NPM_INSIDE}/bin/npm-cli.js`, python: python?.program ?? null, mounts }
}

/** The folder of npm's own package. */
async function findNpm(searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(delimiter)) {
    const program = await realpath(join(folder, 'npm')).catch(() => null)
    if (program === null) continue
    const home = dirname(dirname(program))
    const isThere = await access(join(home, 'bin/npm-cli.js')).then(
      () => true,
      () => false,
    )
    if (isThere) return home
  }
  return null
}

const ABOUT = 'import sys, pip; print(sys.executable); print(sys.base_prefix)'

async function findPython(searchPath: string): Promise<{ program: string; prefix: string } | null> {
  for (const folder of searchPath.split(delimiter)) {
    try {
      const { stdout } = await run(join(folder, 'python3'), ['-c', ABOUT], { timeout: PATIENCE_MS, cwd: '/' })
      const [program, prefix] = stdout.trim().split('\n')
      if (program !== undefined && prefix !== undefined) return { program: await realpath(program), prefix }
    } catch {
      // Not there, or without pip: the next one may have it.
    }
  }
  return null
}

function isBelowUsr(path: string): boolean {
  return path === '/usr' || path.startsWith('/usr/')
}

/** PATH for whatever runs in the sandbox of a hosted server. */
export const SERVER_PATH = `${dirname(INSIDE.node)}:/usr/local/bin:/usr/bin:/bin`
