import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { formatAuthority } from '@errand/domain'
import type { Logger } from '@errand/observe'
import { askTrustedHosts } from '../egress/trustedHosts.ts'

const run = promisify(execFile)

/** Where this machine's package manager gets packages of one kind from. */
export interface Registry {
  /** Null: it has a choice of its own, and nobody set another. */
  readonly indexUrl: string | null
  readonly hosts: readonly string[]
}

export type AskRegistry = (kind: 'npm' | 'pypi') => Promise<Registry>

const PATIENCE_MS = 20_000
const FRESH_MS = 60_000

/** Asks the machine's package managers, and remembers the answer for a minute. */
export function registryAsker({ log, now }: { readonly log: Logger; readonly now: () => Date }): AskRegistry {
  const known = new Map<string, { readonly until: number; readonly registry: Promise<Registry> }>()
  return (kind) => {
    const before = known.get(kind)
    if (before !== undefined && before.until > now().getTime()) return before.registry
    const registry = ask(kind, log)
    known.set(kind, { until: now().getTime() + FRESH_MS, registry })
    registry.catch(() => known.delete(kind))
    return registry
  }
}

/** Of Debian and its kin. */
export const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

/** Null: this machine keeps none where Debian does. */
export async function machineCertificates(): Promise<string | null> {
  return await readFile(SYSTEM_CERTIFICATES, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return null
  })
}

async function ask(kind: 'npm' | 'pypi', log: Logger): Promise<Registry> {
  const managers = kind === 'npm' ? (['npm'] as const) : (['pip'] as const)
  const hosts = await askTrustedHosts({ log, signal: AbortSignal.timeout(PATIENCE_MS), managers })
  const url = kind === 'npm' ? await answerOf(['npm', 'config', 'get', 'registry'], log) : await pipIndex(log)
  return { indexUrl: url === null ? null : withoutSecret(url), hosts: [...new Set([...hosts, ...hostOf(url)])] }
}

async function pipIndex(log: Logger): Promise<string | null> {
  const settings = (await answerOf(['python3', '-m', 'pip', 'config', 'list'], log)) ?? ''
  return /^[\w:.]*\.index-url='([^'\s]+)'$/m.exec(settings)?.[1] ?? null
}

/** What a package manager says, where no project has settings of its own. Null: it is not there, or does not know. */
export async function answerOf([program = '', ...args]: readonly string[], log: Logger): Promise<string | null> {
  try {
    const { stdout } = await run(program, args, { timeout: PATIENCE_MS, cwd: '/', maxBuffer: 2 ** 20 })
    return stdout.trim() === '' ? null : stdout.trim()
  } catch (error) {
    log.info({ op: 'package-manager.ask', program, error }, 'a package manager gave no answer')
    return null
  }
}

/** A name and password in it are the machine's own business and go into no sandbox. */
function withoutSecret(text: string): string | null {
  const url = URL.parse(text)
  if (url === null) return null
  url.username = ''
  url.password = ''
  return url.href
}

function hostOf(text: string | null): readonly string[] {
  const url = text === null ? null : URL.parse(text)
  if (url === null) return []
  return [url.port === '' ? url.hostname : formatAuthority({ host: url.hostname, port: Number(url.port) })]
}
