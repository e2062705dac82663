import {
  BLOBS_URL_SAYS,
  blobsUrlSchema,
  IMAGE_REGISTRIES_SAYS,
  imageRegistriesSchema,
  type ImageRegistry,
} from '@errand/contracts'
import { CLUSTER_SETTINGS, type ClusterSettings, readCluster } from '@errand/controller-app'
import { LOG_LEVELS, readSettings, setting, type SettingValues } from '@errand/observe'
import { DEFAULT_UIDS } from '@errand/sandbox'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const UNISOLATED = 'i-understand-that-agents-can-read-my-files'

function toUids(text: string): { first: number; last: number } {
  const [first = 0, last = 0] = text.split('-').map(Number)
  return { first, last }
}

const path = z.string().transform((given) => resolve(given))

/** Every variable that `npm start` reads. This table is the schema, and docs/env.md is made from it. */
export const SETTINGS = {
  ERRAND_HOST: setting(
    z.string().min(1).default('127.0.0.1'),
    '127.0.0.1',
    'The address to listen on. Anything but a loopback address lets other machines in: put TLS in front of it.',
  ),
  ERRAND_PORT: setting(
    z.coerce.number('it takes a number').int().min(0).max(65_535).default(8470),
    '8470',
    'The one public port. 0 takes a free one.',
  ),
  ERRAND_DATA_DIR: setting(
    path.default(join(ROOT, '.errand')),
    '.errand/ in the clone',
    'Everything Errand keeps: database, artifacts, repositories, keys, log.',
  ),
  ERRAND_PUBLIC_URL: setting(
    z
      .url({ protocol: /^https?$/, error: 'it takes an http(s) address' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    'http://host:port',
    'The address under which people reach Errand, when something stands in front of it. Links are made from it.',
  ),
  ERRAND_LOG_LEVEL: setting(
    z.enum(LOG_LEVELS).default('info'),
    'info',
    `How much goes to log/errand.log in the data folder: ${LOG_LEVELS.join(', ')}.`,
  ),
  ERRAND_LOG_MAX_MIB: setting(
    z.coerce.number('it takes a number').positive().max(10_000).default(20),
    '20',
    'Size at which the log file is rotated; three older ones are kept.',
  ),
  DATABASE_URL: setting(
    z.url({ protocol: /^postgres(ql)?$/, error: 'it takes a postgres:// address' }).optional(),
    'the embedded PostgreSQL',
    'A PostgreSQL of your own, version 15 or newer, instead of the embedded one.',
  ),
  ERRAND_BLOBS_URL: setting(blobsUrlSchema, 'the data folder', BLOBS_URL_SAYS),
  ERRAND_POSTGRES_BIN: setting(
    path.optional(),
    'the embedded PostgreSQL',
    'Folder with `initdb` and `postgres`, to run another build than the one that comes with Errand.',
  ),
  ERRAND_CLAUDE_PATH: setting(
    path.default(join(ROOT, '.toolchain/bin/claude')),
    '.toolchain/bin/claude in the clone',
    'The Claude Code program that runs in the sandboxes.',
  ),
  ERRAND_ANTHROPIC_URL: setting(
    z
      .url({ protocol: /^https?$/, error: 'it takes an http(s) address' })
      .transform((url) => url.replace(/\/+$/, ''))
      .default('https://api.anthropic.com'),
    'https://api.anthropic.com',
    'Where credentials of the kinds `anthropic-key` and `anthropic-subscription` are used.',
  ),
  ERRAND_MCP_REGISTRY_URL: setting(
    z
      .url({ protocol: /^https?$/, error: 'it takes an http(s) address' })
      .transform((url) => url.replace(/\/+$/, ''))
      .default('https://registry.modelcontextprotocol.io'),
    'https://registry.modelcontextprotocol.io',
    'The registry of MCP servers that people search; any that speaks its API v0.1. Asked only when somebody searches.',
  ),
  ERRAND_IMAGE_REGISTRIES: setting(imageRegistriesSchema, 'none', IMAGE_REGISTRIES_SAYS),
  ERRAND_MCP_CLIENT_DOCUMENT_URL: setting(
    z.url({ protocol: /^https$/, error: 'it takes an https address' }).optional(),
    'none: `/oauth/client.json` of this Errand, where its address is a public one',
    'What Errand says of itself to authorization servers that read it (a client id metadata document), for an Errand that they cannot reach: a copy of its `/oauth/client.json` at this address, with this address as `client_id`.',
  ),
  ERRAND_ALLOW_UNISOLATED_AGENTS: setting(
    z.literal(UNISOLATED, `it takes ${UNISOLATED} and nothing else`).optional(),
    'not allowed',
    `On a machine that cannot isolate a sandbox only the demo agent runs. \`${UNISOLATED}\` lets every agent run there, with the rights of this user and no wall around it.`,
  ),
  ERRAND_SANDBOX_UIDS: setting(
    z
      .string()
      .regex(/^\d{4,9}-\d{4,9}$/, 'it takes a range of unused uids, as in 200000-209999')
      .transform(toUids)
      .refine(
        ({ first, last }) => first >= 1000 && first <= last,
        'it takes a range of uids from 1000 on, the smaller one first',
      )
      .default(DEFAULT_UIDS),
    `${DEFAULT_UIDS.first}-${DEFAULT_UIDS.last}`,
    'Started as root, each live sandbox gets a uid of its own from this range.',
  ),
  ERRAND_EXECUTOR: setting(
    z.enum(['local', 'kubernetes']).default('local'),
    'local',
    'Where runs live: `local` is this machine, `kubernetes` a cluster, whose variables are below.',
  ),
  ERRAND_PAGES: setting(
    z.enum(['yes', 'no']).default('yes'),
    'yes',
    '`no` starts no web process: the command line and the api work, the pages do not.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    z.url({ protocol: /^https?$/, error: 'it takes an http(s) address' }).optional(),
    'none: nothing is exported',
    'Where traces go, as OTLP over HTTP.',
  ),
  ...CLUSTER_SETTINGS,
} as const

type Settings = SettingValues<typeof SETTINGS>

export interface LocalConfig {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly publicUrl: string | null
  readonly log: { readonly level: Settings['ERRAND_LOG_LEVEL']; readonly maxBytes: number }
  readonly databaseUrl: string | null
  /** Null: the data folder. */
  readonly blobsUrl: string | null
  readonly postgresBin: string | null
  readonly claudePath: string
  readonly runnerPath: string
  readonly bridgePath: string
  /** PATH, in which npm and Python are found. */
  readonly searchPath: string
  readonly anthropicUrl: string
  readonly mcpRegistryUrl: string
  readonly imageRegistries: readonly ImageRegistry[]
  readonly clientDocumentUrl: string | null
  readonly mayRunUnisolated: boolean
  readonly uids: { readonly first: number; readonly last: number }
  /** Where the built pages lie; null when none are wanted. */
  readonly pagesFolder: string | null
  readonly otlpEndpoint: string | null
  /** Null: runs live on this machine. */
  readonly cluster: ClusterSettings | null
}

/** Reads the environment once. A variable that does not fit is `start.config-invalid` and named; an empty one is unset. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): LocalConfig {
  return { ...toConfig(readSettings(SETTINGS, env)), searchPath: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' }
}

function toConfig(values: Settings): Omit<LocalConfig, 'searchPath'> {
  return {
    host: values.ERRAND_HOST,
    port: values.ERRAND_PORT,
    dataDir: values.ERRAND_DATA_DIR,
    publicUrl: values.ERRAND_PUBLIC_URL ?? null,
    log: { level: values.ERRAND_LOG_LEVEL, maxBytes: values.ERRAND_LOG_MAX_MIB * 2 ** 20 },
    databaseUrl: values.DATABASE_URL ?? null,
    blobsUrl: values.ERRAND_BLOBS_URL ?? null,
    postgresBin: values.ERRAND_POSTGRES_BIN ?? null,
    claudePath: values.ERRAND_CLAUDE_PATH,
    runnerPath: join(ROOT, 'apps/runner/dist/runner.mjs'),
    bridgePath: join(ROOT, 'apps/bridge/dist/bridge.mjs'),
    anthropicUrl: values.ERRAND_ANTHROPIC_URL,
    mcpRegistryUrl: values.ERRAND_MCP_REGISTRY_URL,
    imageRegistries: values.ERRAND_IMAGE_REGISTRIES,
    clientDocumentUrl: values.ERRAND_MCP_CLIENT_DOCUMENT_URL ?? null,
    mayRunUnisolated: values.ERRAND_ALLOW_UNISOLATED_AGENTS !== undefined,
    uids: values.ERRAND_SANDBOX_UIDS,
    pagesFolder: values.ERRAND_PAGES === 'yes' ? join(ROOT, 'apps/web/dist') : null,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    cluster: values.ERRAND_EXECUTOR === 'kubernetes' ? readCluster(values) : null,
  }
}
