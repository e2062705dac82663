import { BLOBS_URL_SAYS, blobsUrlSchema } from '@errand/contracts'
import { LOG_LEVELS, readSettings, setting } from '@errand/observe'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const address = z
  .url({ protocol: /^https?$/, error: 'it takes an http(s) address' })
  .transform((url) => url.replace(/\/+$/, ''))

/** Every variable that an api of its own reads. */
export const SETTINGS = {
  DATABASE_URL: setting(
    z.url({ protocol: /^postgres(ql)?$/, error: 'it takes a postgres:// address' }),
    'none: needed',
    'The PostgreSQL of this Errand, version 15 or newer.',
  ),
  ERRAND_DATA_DIR: setting(z.string().default('/data'), '/data', 'The volume with blobs and the public vault key.'),
  ERRAND_BLOBS_URL: setting(blobsUrlSchema, 'the volume', BLOBS_URL_SAYS),
  ERRAND_SESSION_SECRET: setting(
    z.string().min(32, 'it takes 32 characters or more'),
    'none: needed',
    'Signs the cookies of browsers. As ERRAND_SESSION_SECRET_FILE it is read from a file.',
  ),
  ERRAND_LOG_LEVEL: setting(z.enum(LOG_LEVELS).default('info'), 'info', `One of ${LOG_LEVELS.join(', ')}.`),
  ERRAND_HOST: setting(z.string().min(1).default('0.0.0.0'), '0.0.0.0', 'Where it listens.'),
  ERRAND_PORT: setting(z.coerce.number().int().min(1).max(65_535).default(8470), '8470', 'The one public port.'),
  ERRAND_MAX_LIVE_RUNS: setting(
    z.coerce.number().int().min(1).default(16),
    '16',
    'Live runs at once unless the settings page says otherwise: as of the controller.',
  ),
  ERRAND_PUBLIC_URL: setting(address.optional(), 'http://host:port', 'Where people reach it: links are made from it.'),
  ERRAND_PAGES_URL: setting(address.optional(), 'none: no pages', 'Where the web process listens.'),
  ERRAND_OWNER_URL: setting(
    address.optional(),
    'none: local repositories cannot be cloned by people',
    'The gateway’s port for the api.',
  ),
} as const

export interface ApiProcessConfig {
  readonly databaseUrl: string
  readonly blobs: { readonly folder: string; readonly url: string | null }
  readonly vaultPublic: string
  readonly sessionSecret: string
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly host: string
  readonly port: number
  readonly maxLiveRuns: number
  readonly version: string
  readonly publicUrl: string | null
  readonly pagesUrl: string | null
  readonly ownerUrl: string | null
}

/** The repository's version. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): ApiProcessConfig {
  const values = readSettings(SETTINGS, env)
  return {
    databaseUrl: values.DATABASE_URL,
    blobs: { folder: join(values.ERRAND_DATA_DIR, 'blobs'), url: values.ERRAND_BLOBS_URL ?? null },
    vaultPublic: join(values.ERRAND_DATA_DIR, 'keys', 'vault.public.json'),
    sessionSecret: values.ERRAND_SESSION_SECRET,
    logLevel: values.ERRAND_LOG_LEVEL,
    host: values.ERRAND_HOST,
    port: values.ERRAND_PORT,
    maxLiveRuns: values.ERRAND_MAX_LIVE_RUNS,
    version: readVersion(),
    publicUrl: values.ERRAND_PUBLIC_URL ?? null,
    pagesUrl: values.ERRAND_PAGES_URL ?? null,
    ownerUrl: values.ERRAND_OWNER_URL ?? null,
  }
}
