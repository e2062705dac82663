import {
  BLOBS_URL_SAYS,
  blobsUrlSchema,
  IMAGE_REGISTRIES_SAYS,
  imageRegistriesSchema,
  type ImageRegistry,
} from '@errand/contracts'
import { LOG_LEVELS, readSettings, setting } from '@errand/observe'
import { join } from 'node:path'
import * as z from 'zod'

/** Where the sandboxes of a cluster find this gateway. A port of 0 takes any. */
export interface SandboxListen {
  readonly host: string
  readonly port: number
  /** Answers everybody and says nothing: only the policy of the cluster closes it, and that is how a sandbox sees its wall. */
  readonly canaryPort: number
}

/** What the process that runs a gateway tells it. Everything but the socket has a default for use; tests shorten times. */
export interface GatewayConfig {
  /** A unix socket. Beside it each run of this machine has a folder with a socket of its own. */
  readonly socketPath: string
  /** Where local repositories lie: `<folder>/<orgId>/<name>.git`. */
  readonly repositoriesFolder: string
  /** PATH in which `git` is found. */
  readonly searchPath: string
  /** Where Anthropic keys and subscription tokens are used. */
  readonly anthropicUrl: string
  /** Registry of MCP servers (API v0.1) that people search. */
  readonly mcpRegistryUrl: string
  /** Of images, whose name is not their address. The first is what a name without a registry means. */
  readonly imageRegistries: readonly ImageRegistry[]
  /** Longest silence in the middle of a model's answer. Providers send a ping every few seconds. */
  readonly modelSilenceMs: number
  /** How long an opened credential stays in memory. */
  readonly credentialKeepMs: number
  /** The demo model's pace: between two words. */
  readonly demoWordMs: number
  /** How often open requests to the gateway are looked for when no notification came. */
  readonly requestPollMs: number
  /** How often pull requests whose time has come are looked for. */
  readonly pullPollMs: number
  /** How often grants whose refresh is due are looked for. */
  readonly grantPollMs: number
  /** A document about this client that authorization servers can read; null: the api’s own, where they can reach it. */
  readonly clientDocumentUrl: string | null
  /** Tests alone: MCP servers and authorization servers of this machine are as open as private ones. */
  readonly isLoopbackOpen: boolean
  /** Null where all sandboxes are on this machine. */
  readonly sandboxListen: SandboxListen | null
}

export const GATEWAY_DEFAULTS = {
  searchPath: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  anthropicUrl: 'https://api.anthropic.com',
  mcpRegistryUrl: 'https://registry.modelcontextprotocol.io',
  imageRegistries: [],
  modelSilenceMs: 300_000,
  credentialKeepMs: 60_000,
  demoWordMs: 12,
  requestPollMs: 5_000,
  pullPollMs: 15_000,
  grantPollMs: 10_000,
  clientDocumentUrl: null,
  isLoopbackOpen: false,
  sandboxListen: null,
} as const satisfies Omit<GatewayConfig, 'socketPath' | 'repositoriesFolder'>

const port = (given: number) => z.coerce.number('it takes a port').int().min(1).max(65_535).default(given)

/** Every variable that a gateway of its own reads. */
export const SETTINGS = {
  DATABASE_URL: setting(
    z.url({ protocol: /^postgres(ql)?$/, error: 'it takes a postgres:// address' }),
    'none: needed',
    'The PostgreSQL of this Errand, version 15 or newer.',
  ),
  ERRAND_DATA_DIR: setting(
    z.string().default('/data'),
    '/data',
    'The volume with blobs, repositories and the public vault key, which the gateway writes there.',
  ),
  ERRAND_BLOBS_URL: setting(blobsUrlSchema, 'the volume', BLOBS_URL_SAYS),
  ERRAND_VAULT_SEEDS: setting(
    z.string().default('/vault/seeds'),
    '/vault/seeds',
    'A file of seeds of the private vault keys, 32 bytes in base64 a line, the current one first: mounted in the gateway and nowhere else.',
  ),
  ERRAND_LOG_LEVEL: setting(z.enum(LOG_LEVELS).default('info'), 'info', `One of ${LOG_LEVELS.join(', ')}.`),
  ERRAND_GATEWAY_BIND: setting(z.string().min(1).default('0.0.0.0'), '0.0.0.0', 'Where it listens.'),
  ERRAND_GATEWAY_PORT: setting(port(8471), '8471', 'For sandboxes.'),
  ERRAND_CANARY_PORT: setting(port(8472), '8472', 'What the network policy alone closes.'),
  ERRAND_OWNER_PORT: setting(port(8473), '8473', 'For the api: git of local repositories, health, metrics.'),
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
} as const

export interface GatewayProcessConfig {
  readonly databaseUrl: string
  readonly blobs: { readonly folder: string; readonly url: string | null }
  readonly repositoriesFolder: string
  readonly vault: { readonly seedFile: string; readonly publicFile: string }
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly listen: { readonly host: string; readonly port: number; readonly canaryPort: number }
  readonly ownerPort: number
  readonly anthropicUrl: string
  readonly mcpRegistryUrl: string
  readonly imageRegistries: readonly ImageRegistry[]
  readonly clientDocumentUrl: string | null
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): GatewayProcessConfig {
  const values = readSettings(SETTINGS, env)
  const at = (...parts: readonly string[]) => join(values.ERRAND_DATA_DIR, ...parts)
  return {
    databaseUrl: values.DATABASE_URL,
    blobs: { folder: at('blobs'), url: values.ERRAND_BLOBS_URL ?? null },
    repositoriesFolder: at('repositories'),
    vault: { seedFile: values.ERRAND_VAULT_SEEDS, publicFile: at('keys', 'vault.public.json') },
    logLevel: values.ERRAND_LOG_LEVEL,
    listen: {
      host: values.ERRAND_GATEWAY_BIND,
      port: values.ERRAND_GATEWAY_PORT,
      canaryPort: values.ERRAND_CANARY_PORT,
    },
    ownerPort: values.ERRAND_OWNER_PORT,
    anthropicUrl: values.ERRAND_ANTHROPIC_URL,
    mcpRegistryUrl: values.ERRAND_MCP_REGISTRY_URL,
    imageRegistries: values.ERRAND_IMAGE_REGISTRIES,
    clientDocumentUrl: values.ERRAND_MCP_CLIENT_DOCUMENT_URL ?? null,
  }
}
