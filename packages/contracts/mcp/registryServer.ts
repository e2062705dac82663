import * as z from 'zod'

/** A value that an entry leaves to the person who installs it (`server.json` of 2025-12-11). */
const inputFields = {
  description: z.string().optional(),
  isRequired: z.boolean().default(false),
  isSecret: z.boolean().default(false),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional().catch(undefined),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
  /** Fixed by the publisher; may name variables in braces. */
  value: z.string().optional(),
}
const variableSchema = z.object(inputFields)
const withVariables = { ...inputFields, variables: z.record(z.string(), variableSchema).default({}) }

const namedValueSchema = z.object({ name: z.string().min(1).max(200), ...withVariables })
const argumentSchema = z.object({
  type: z.enum(['positional', 'named']).catch('positional'),
  /** The flag of a named argument, with its dashes. */
  name: z.string().optional(),
  valueHint: z.string().optional(),
  isRepeated: z.boolean().default(false),
  ...withVariables,
})

const transportSchema = z.object({
  type: z.enum(['stdio', 'streamable-http', 'sse']),
  url: z.string().max(2_000).optional(),
  headers: z.array(namedValueSchema).max(50).default([]),
  variables: z.record(z.string(), variableSchema).default({}),
})

const packageSchema = z.object({
  /** `npm`, `pypi`, `oci`, and kinds that Errand does not run: these are said, not dropped. */
  registryType: z.string().max(40),
  identifier: z.string().min(1).max(1_000),
  version: z.string().max(255).optional(),
  fileSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  runtimeArguments: z.array(argumentSchema).max(100).default([]),
  packageArguments: z.array(argumentSchema).max(100).default([]),
  environmentVariables: z.array(namedValueSchema).max(100).default([]),
  transport: transportSchema.default({ type: 'stdio', headers: [], variables: {} }),
})

/**
 * One version of a server as an MCP registry describes it. Read leniently, for registries of other people add fields;
 * what we use is checked.
 */
export const registryServerSchema = z.object({
  name: z.string().min(3).max(200),
  title: z.string().max(200).optional(),
  description: z.string().max(2_000).default(''),
  version: z.string().min(1).max(255),
  websiteUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  repository: z
    .object({ url: z.url({ protocol: /^https?$/ }) })
    .optional()
    .catch(undefined),
  packages: z.array(packageSchema).max(50).default([]),
  remotes: z.array(transportSchema).max(50).default([]),
})
export type RegistryServer = z.infer<typeof registryServerSchema>
export type RegistryPackage = RegistryServer['packages'][number]
export type RegistryTransport = RegistryServer['remotes'][number]
export type RegistryArgument = RegistryPackage['packageArguments'][number]
export type RegistryValue = RegistryPackage['environmentVariables'][number]

/** One answer of a registry: the newest version of a server, and what the registry says of it. */
export const registryHitSchema = z.object({
  server: registryServerSchema,
  status: z.enum(['active', 'deprecated', 'deleted']),
  /** Why it is not active, in its publisher's words. */
  statusMessage: z.string().optional(),
  updatedAt: z.string().optional(),
  /** Of the entry as the registry gave it. */
  sha256: z.string(),
})
export type RegistryHit = z.infer<typeof registryHitSchema>

export const registrySearchSchema = z.object({
  /** Its address, without a slash at the end. */
  registry: z.string(),
  hits: z.array(registryHitSchema),
  /** Entries that do not follow the schema, which are left out. */
  unreadable: z.int(),
  /** Set when the registry did not answer and this comes from what it said earlier. */
  copy: z.object({ oldestAt: z.iso.datetime().nullable(), words: z.string() }).optional(),
})
export type RegistrySearch = z.infer<typeof registrySearchSchema>
