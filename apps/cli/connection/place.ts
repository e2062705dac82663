import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliConfig } from '../config.ts'
import { CliError, EXIT } from '../exit.ts'

/** Which Errand, and the token for it. */
export interface Place {
  /** Without a slash at the end. */
  readonly address: string
  readonly token: string
}

/**
 * ERRAND_URL if it is set; else the Errand of this machine, which leaves its address and a token in its data folder;
 * else the one of `errand login`. A token is only ever sent to the address it belongs to.
 */
export function findPlace(config: CliConfig): Place {
  const known = [placeOfData(config.dataDir), placeOfLogin(config.loginFile)].filter((place) => place !== null)
  if (config.url !== null) {
    const token = config.token ?? known.find(({ address }) => address === config.url)?.token
    if (token !== undefined) return { address: config.url, token }
    throw new CliError(
      EXIT.unreachable,
      `There is no token for ${config.url}.`,
      `Run \`errand login ${config.url}\`, or set ERRAND_TOKEN.`,
    )
  }
  const [first] = known
  if (first !== undefined) return config.token === null ? first : { address: first.address, token: config.token }
  throw new CliError(
    EXIT.unreachable,
    'No Errand is known here.',
    'Start one with `npm start`, or use one elsewhere: `errand login https://…`.',
  )
}

function placeOfData(dataDir: string): Place | null {
  const [address, token] = [read(join(dataDir, 'address')), read(join(dataDir, 'cli-token'))]
  return address === null || token === null ? null : { address, token }
}

function placeOfLogin(file: string): Place | null {
  const text = read(file)
  if (text === null) return null
  const login: unknown = JSON.parse(text)
  const { address, token } = login as Partial<Place>
  if (typeof address === 'string' && typeof token === 'string') return { address, token }
  throw new CliError(EXIT.usage, `${file} is not what \`errand login\` writes.`, 'Log in again.')
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === 'EACCES')
      throw new CliError(
        EXIT.unreachable,
        `${path} belongs to another user.`,
        'Run this as the user that started Errand, or `errand login`.',
      )
    throw error
  }
}
