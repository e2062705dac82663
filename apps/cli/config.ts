import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Every variable that `bin/errand` reads; docs/env.md is made from it. */
export const CLI_SETTINGS = {
  ERRAND_URL: 'The Errand to talk to. Without it: the one on this machine, then the one of `errand login`.',
  ERRAND_TOKEN: 'The API token for it. Without it: the one that belongs to the address.',
  ERRAND_DATA_DIR: 'Where the Errand on this machine keeps its address and token.',
  NO_COLOR: 'Set to anything: no colours.',
} as const

export interface CliConfig {
  readonly url: string | null
  readonly token: string | null
  readonly dataDir: string
  readonly loginFile: string
  /** For what can be made again. */
  readonly cacheFolder: string
  readonly hasColor: boolean
  /** A variable that a document of `errand apply` refers to. */
  readonly variable: (name: string) => string | null
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): CliConfig {
  const given = (name: string) => (env[name] === undefined || env[name] === '' ? null : env[name])
  const configHome = given('XDG_CONFIG_HOME') ?? join(homedir(), '.config')
  return {
    url: given('ERRAND_URL')?.replace(/\/+$/, '') ?? null,
    token: given('ERRAND_TOKEN'),
    dataDir: resolve(given('ERRAND_DATA_DIR') ?? join(ROOT, '.errand')),
    cacheFolder: join(given('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'errand'),
    loginFile: join(configHome, 'errand', 'login.json'),
    hasColor: given('NO_COLOR') === null && given('TERM') !== 'dumb',
    variable: given,
  }
}
