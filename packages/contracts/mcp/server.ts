import * as z from 'zod'
import { headerNameSchema, hostPatternSchema, nameSchema } from '../names.ts'

export const MCP_TRANSPORTS = ['streamable-http', 'sse'] as const
export const PACKAGE_REGISTRIES = ['npm', 'pypi', 'oci'] as const

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 small hexadecimal digits')
const words = z.string().min(1).max(200)

/** Of the hop, of the protocol, or where a credential belongs. Another's value there would be overwritten or leak. */
const RESERVED = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'host',
  'connection',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'expect',
  'accept',
  'last-event-id',
  'forwarded',
])
const isReserved = (name: string): boolean => RESERVED.has(name) || /^(mcp-|x-errand-|x-forwarded-|proxy-)/.test(name)

const plainHeaders = z
  .record(
    headerNameSchema.refine((name) => !isReserved(name), 'this header is set by Errand; a secret is a credential'),
    z
      .string()
      .max(4_000)
      .regex(/^[\t\x20-\x7e]*$/, 'the value of a header is plain text on one line'),
  )
  .default({})

/** Where a server was taken from, so that a newer version of it is noticed. */
export const mcpOriginSchema = z.strictObject({
  registry: z.string().max(2_000),
  name: z.string().max(300),
  version: z.string().max(255),
  /** Of the entry as it was read. */
  sha256,
})
export type McpOrigin = z.infer<typeof mcpOriginSchema>

const common = {
  description: z.string().max(2_000).optional(),
  /** No call takes longer, whatever progress it reports. */
  callSeconds: z.int().min(1).max(86_400).default(600),
  origin: mcpOriginSchema.optional(),
}

/** What GitHub's own server is told about what it may offer. */
const githubSchema = z.strictObject({
  toolsets: z.array(words).max(100).optional(),
  tools: z.array(words).max(500).optional(),
  excludeTools: z.array(words).max(500).optional(),
  readonly: z.boolean().optional(),
  /** Hides what people without write access wrote in public repositories. */
  lockdown: z.boolean().optional(),
})

/** What a sign-in with this server needs beyond what it says itself. */
const oauthSchema = z.strictObject({
  scopes: z.array(words).max(100).optional(),
  /** Of an app that somebody registered there beforehand; its secret is the value of the credential. */
  clientId: z.string().min(1).max(2_000).optional(),
  authorizeParams: z.record(words, z.string().max(2_000)).optional(),
  /** Some authorization servers refuse the standard's `resource`. */
  sendResource: z.boolean().default(true),
  /** Some can PKCE and do not say so. */
  assumeS256: z.boolean().default(false),
  /** Some servers want the ID token in place of the access token. */
  useIdToken: z.boolean().default(false),
})

const remote = z
  .strictObject({
    type: z.literal('remote'),
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    transport: z.enum(MCP_TRANSPORTS).default('streamable-http'),
    /** Name of a credential; absent: it is called without. */
    credential: nameSchema.optional(),
    headers: plainHeaders,
    /** This host and port, and nothing else, may be on a private network, and be spoken to over plain http. */
    private: z.boolean().default(false),
    github: githubSchema.optional(),
    oauth: oauthSchema.optional(),
    ...common,
  })
  .superRefine(({ url, private: isPrivate }, context) => {
    const { protocol, username, password, hash } = new URL(url)
    const issue = (message: string) => context.addIssue({ code: 'custom', path: ['url'], message })
    if (protocol === 'http:' && !isPrivate) issue('plain http is for a server that is marked `private: true`')
    if (username !== '' || password !== '') issue('a name or password does not belong in it: use a credential')
    if (hash !== '') issue('it has a part behind #, which no server sees')
  })

const hosted = z
  .strictObject({
    type: z.literal('hosted'),
    package: z.strictObject({
      registry: z.enum(PACKAGE_REGISTRIES),
      name: z.string().regex(/^[@a-zA-Z0-9][\w.@/:-]{0,299}$/, 'it is the name of a package'),
      /** Exactly one: what is installed today is what runs tomorrow. Of an image its tag, or its digest. */
      version: z.string().regex(/^[\w.+:-]{1,255}$/, 'it is one version, not a range'),
      sha256: sha256.optional(),
      /** The program to start, where the package has another name or several. */
      bin: z
        .string()
        .regex(/^[\w@.-]{1,200}$/, 'it is the name of a program')
        .optional(),
      /** Name and password for the registry of an image that not everybody gets. */
      credential: nameSchema.optional(),
    }),
    args: z.array(z.string().max(10_000)).max(200).default([]),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w{0,199}$/, 'it is the name of a variable'),
        z.union([z.string().max(100_000), z.strictObject({ credential: nameSchema })]),
      )
      .default({}),
    transport: z.enum(['stdio', ...MCP_TRANSPORTS]).default('stdio'),
    /** Where it listens, if it is spoken to by HTTP. */
    port: z.int().min(1).max(65_535).optional(),
    /** Below that port; absent: where servers usually answer, `/mcp` or `/sse`. */
    path: z
      .string()
      .regex(/^\/[^\s?#]{0,199}$/, 'it begins with /')
      .optional(),
    /** What it may reach; nothing unless named. */
    hosts: z.array(hostPatternSchema).max(200).default([]),
    /** `session`: a process for each; `all`: one for everybody, for servers that keep no state. */
    share: z.enum(['session', 'all']).default('session'),
    idleMinutes: z.number().positive().max(1_440).default(10),
    memoryMib: z.int().min(32).max(1_048_576).default(512),
    ...common,
  })
  .superRefine(({ transport, port }, context) => {
    if (transport !== 'stdio' && port === undefined)
      context.addIssue({ code: 'custom', path: ['port'], message: 'a server that speaks HTTP needs one' })
  })

/** The durable definition of an MCP server. It holds no secret: those are credentials, named here. */
export const mcpServerSpecSchema = z.discriminatedUnion('type', [remote, hosted])
export type McpServerSpec = z.infer<typeof mcpServerSpecSchema>
export type RemoteServerSpec = Extract<McpServerSpec, { type: 'remote' }>
export type HostedServerSpec = Extract<McpServerSpec, { type: 'hosted' }>
