import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { PackageToFind } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { parseJson } from '../parseJson.ts'
import { SYSTEM_CERTIFICATES } from './registries.ts'

const run = promisify(execFile)
const PATIENCE_MS = 20_000
const NPM_QUIET = ['--update-notifier=false', '--fetch-retries=0']
const PIP_QUIET = ['--disable-pip-version-check', '--no-input']

interface Machine {
  readonly log: Logger
  readonly env?: NodeJS.ProcessEnv
}

/**
 * The newest version of a package that this machine's package manager would install: it knows the registry, its token and the
 * way there. Nothing of the package is fetched or run. Null: it knows of none, or is not there.
 */
export async function newestVersion({ registry, name }: PackageToFind, machine: Machine): Promise<string | null> {
  // As `apps/bridge` installs them: wheels alone. What extras add is in the same package.
  const asked =
    registry === 'npm'
      ? await answerOf(['npm', 'view', '--json', ...NPM_QUIET, '--', name, 'version'], machine)
      : await answerOf(
          ['python3', '-m', 'pip', 'index', 'versions', ...PIP_QUIET, '--only-binary=:all:', name.replace(/\[.*$/, '')],
          machine,
        )
  const found = registry === 'npm' ? parseJson(asked) : /^\S+ \(([^\s()]+)\)$/m.exec(asked)?.[1]
  return typeof found === 'string' ? found : null
}

/** A Node of our own brings certificates of its own: what the machine trusts beside them, its npm does, too. */
const TRUSTING = `NODE_EXTRA_CA_CERTS="\${NODE_EXTRA_CA_CERTS:-${SYSTEM_CERTIFICATES}}" exec "$@"`

async function answerOf([program = '', ...args]: readonly string[], { log, env }: Machine): Promise<string> {
  try {
    // Where no project has settings of its own.
    const options = { timeout: PATIENCE_MS, cwd: '/', maxBuffer: 2 ** 20, ...(env === undefined ? {} : { env }) }
    return (await run('/bin/sh', ['-c', TRUSTING, 'sh', program, ...args], options)).stdout
  } catch (error) {
    log.info({ op: 'package.newest', program, error }, 'a package manager gave no answer')
    return ''
  }
}
