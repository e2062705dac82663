import type { PackageToFind } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { parseJson } from '../parseJson.ts'
import { answerOf, SYSTEM_CERTIFICATES } from './registries.ts'

const NPM_QUIET = ['--update-notifier=false', '--fetch-retries=0']
const PIP_QUIET = ['--disable-pip-version-check', '--no-input']
/** A Node of our own brings certificates of its own: what the machine trusts beside them, its npm does, too. */
const TRUSTING = `NODE_EXTRA_CA_CERTS="\${NODE_EXTRA_CA_CERTS:-${SYSTEM_CERTIFICATES}}" exec "$@"`

/**
 * The newest version of a package that this machine's package manager would install: it knows the registry, its token and the
 * way there. Nothing of the package is fetched or run. Null: it knows of none, or is not there.
 */
export async function newestVersion(
  { registry, name }: PackageToFind,
  { log }: { readonly log: Logger },
): Promise<string | null> {
  if (registry === 'npm') {
    const view = ['npm', 'view', '--json', ...NPM_QUIET, '--', name, 'version']
    const version = parseJson((await answerOf(['/bin/sh', '-c', TRUSTING, 'sh', ...view], log)) ?? '')
    return typeof version === 'string' ? version : null
  }
  // As `apps/bridge` installs them: wheels alone. What extras add is in the same package.
  const wheels = ['--only-binary=:all:', name.replace(/\[.*$/, '')]
  const list = await answerOf(['python3', '-m', 'pip', 'index', 'versions', ...PIP_QUIET, ...wheels], log)
  return /^\S+ \(([^\s()]+)\)$/m.exec(list ?? '')?.[1] ?? null
}
