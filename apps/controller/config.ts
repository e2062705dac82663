import { BLOBS_URL_SAYS, blobsUrlSchema } from '@errand/contracts'
import { LOG_LEVELS, readSettings, setting } from '@errand/observe'
import { join } from 'node:path'
import * as z from 'zod'
import { CLUSTER_SETTINGS, type ClusterSettings, readCluster } from './cluster/settings.ts'

/** Every variable that a controller of its own reads. */
export const SETTINGS = {
  DATABASE_URL: setting(
    z.url({ protocol: /^postgres(ql)?$/, error: 'it takes a postgres:// address' }),
    'none: needed',
    'The PostgreSQL of this Errand, version 15 or newer.',
  ),
  ERRAND_DATA_DIR: setting(z.string().default('/data'), '/data', 'The volume with the blobs.'),
  ERRAND_BLOBS_URL: setting(blobsUrlSchema, 'the volume', BLOBS_URL_SAYS),
  ERRAND_LOG_LEVEL: setting(z.enum(LOG_LEVELS).default('info'), 'info', `One of ${LOG_LEVELS.join(', ')}.`),
  ...CLUSTER_SETTINGS,
} as const

export interface ControllerProcessConfig extends ClusterSettings {
  readonly databaseUrl: string
  readonly blobs: { readonly folder: string; readonly url: string | null }
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): ControllerProcessConfig {
  const values = readSettings(SETTINGS, env)
  return {
    ...readCluster(values),
    databaseUrl: values.DATABASE_URL,
    blobs: { folder: join(values.ERRAND_DATA_DIR, 'blobs'), url: values.ERRAND_BLOBS_URL ?? null },
    logLevel: values.ERRAND_LOG_LEVEL,
  }
}
