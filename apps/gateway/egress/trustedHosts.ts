import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { hostPatternSchema } from '@errand/contracts'
import { formatAuthority } from '@errand/domain'
import type { Logger } from '@errand/observe'
import { parseJson } from '../parseJson.ts'

const run = promisify(execFile)

interface MachineDeps {
  readonly log: Logger
  readonly signal: AbortSignal
  /** What the programs see; the environment of this process unless told otherwise. */
  readonly env?: NodeJS.ProcessEnv
  /** Which of them are asked; all unless named. */
  readonly managers?: readonly string[]
}

type Ask = (program: string, ...args: readonly string[]) => Promise<string>

/** A package manager is slow once, on a cold disk. Nobody waits for the answer. */
const PATIENCE_MS = 20_000

/**
 * The hosts that this machine's own package managers install from, asked of each of them: none of their names is
 * written down here. A program that is missing, slow or answers something else adds nothing. Dials nobody.
 */
export async function askTrustedHosts({ log, signal, env, managers }: MachineDeps): Promise<readonly string[]> {
  const ask: Ask = async (program, ...args) => {
    // Away from any project, whose own settings are not the machine's.
    const { stdout } = await run(program, args, {
      timeout: PATIENCE_MS,
      maxBuffer: 1024 * 1024,
      cwd: '/',
      signal,
      ...(env === undefined ? {} : { env }),
    })
    return stdout
  }
  const found = await Promise.all(
    Object.entries(MANAGERS).map(async ([name, read]) => {
      if (managers?.includes(name) === false) return []
      try {
        return (await read(ask)).flatMap(hostOf)
      } catch (error) {
        log.debug({ op: 'trusted.ask', manager: name, error }, 'a package manager gave no answer')
        return []
      }
    }),
  )
  return [...new Set(found.flat())].toSorted()
}

/** How each is asked where it installs from. The answers are addresses, or bare hosts. */
const MANAGERS: Readonly<Record<string, (ask: Ask) => Promise<readonly string[]>>> = {
  async npm(ask) {
    const settings = parseJson(await ask('npm', 'config', 'list', '--json', '--update-notifier=false'))
    if (typeof settings !== 'object' || settings === null) return []
    const isRegistry = (key: string) => key === 'registry' || key.endsWith(':registry')
    return Object.entries(settings).flatMap(([key, value]) =>
      isRegistry(key) && typeof value === 'string' ? [value] : [],
    )
  },
  async pip(ask) {
    const settings = await ask('python3', '-m', 'pip', 'config', 'list')
    const named = [...settings.matchAll(/^[\w:.]*\.?(index-url|extra-index-url)='(.*)'$/gm)]
    const addresses = named.flatMap(([, , value = '']) => value.split(/\s+|\\n/))
    const hasIndex = named.some(([, key]) => key === 'index-url')
    return hasIndex ? addresses : [...addresses, ...(await pipDefault(ask))]
  },
  async go(ask) {
    const [proxies = '', sums = ''] = (await ask('go', 'env', 'GOPROXY', 'GOSUMDB')).split('\n')
    // `name+key https://address`; where no address is given the name is the host.
    const [database = '', address] = sums.trim().split(' ')
    return [...proxies.split(/[,|]/), address ?? database.split('+', 1)[0] ?? '']
  },
  async gem(ask) {
    return (await ask('gem', 'sources', '--list')).split('\n').filter((line) => /^https?:/.test(line))
  },
}

/** pip knows by itself where it looks when nothing is set, and from which host the files then come. */
async function pipDefault(ask: Ask): Promise<readonly string[]> {
  const script = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url, PyPI.file_storage_domain)'
  return (await ask('python3', '-c', script)).trim().split(' ')
}

/** The host of an address, with its port where that is unusual. `direct`, `off`, file paths and the like have none. */
function hostOf(answer: string): readonly string[] {
  const text = answer.trim()
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`
  if (!text.includes('.') || !URL.canParse(address)) return []
  const { hostname, port } = new URL(address)
  const host = port === '' ? hostname : formatAuthority({ host: hostname, port: Number(port) })
  return hostPatternSchema.safeParse(host).success ? [host] : []
}
