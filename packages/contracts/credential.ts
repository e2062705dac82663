import * as z from 'zod'
import { headerNameSchema, hostPatternSchema, nameSchema } from './names.ts'
import { FORGES } from './pullRequest.ts'

export const MODEL_CREDENTIAL_KINDS = ['anthropic-key', 'anthropic-subscription', 'llm-compatible'] as const
/** For MCP servers. `secret` is a value for a hosted server's environment; `oauth` holds what a sign-in brought. */
export const MCP_CREDENTIAL_KINDS = ['bearer', 'header', 'basic', 'secret', 'oauth', 'github-app'] as const
export const CREDENTIAL_KINDS = [...MODEL_CREDENTIAL_KINDS, 'git', ...MCP_CREDENTIAL_KINDS] as const
export const credentialKindSchema = z.enum(CREDENTIAL_KINDS)
export type CredentialKind = z.infer<typeof credentialKindSchema>
export type ModelCredentialKind = (typeof MODEL_CREDENTIAL_KINDS)[number]
export type McpCredentialKind = (typeof MCP_CREDENTIAL_KINDS)[number]

const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
const secret = { secret: secretRef.optional() }

/**
 * What is known of a credential without opening it. `secret` says where `errand apply` finds the value on the
 * machine it runs on; the value itself is in no document and no export.
 */
export const credentialSpecSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('anthropic-key'), ...secret }),
  z.strictObject({ type: z.literal('anthropic-subscription'), ...secret }),
  z.strictObject({
    type: z.literal('llm-compatible'),
    /** The part before `/v1/messages`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
    /** How the key is sent. `x-api-key` is Anthropic's own way. */
    auth: z.enum(['x-api-key', 'bearer', 'none']).default('x-api-key'),
    ...secret,
  }),
  z.strictObject({
    type: z.literal('git'),
    /** `github.com`, or `host:port`. */
    host: hostPatternSchema,
    username: z.string().min(1).max(200).default('x-access-token'),
    /** For a host on a private network: plain http and private addresses are allowed for exactly this host and port. */
    private: z.boolean().default(false),
    /** Which API opens pull requests there; absent: known by the host's name, or found out by asking it. */
    forge: z.enum([...FORGES, 'none']).optional(),
    ...secret,
  }),
  /** `authorization: Bearer …`. */
  z.strictObject({ type: z.literal('bearer'), ...secret }),
  /** The value of a header of its own. */
  z.strictObject({ type: z.literal('header'), header: headerNameSchema, ...secret }),
  z.strictObject({ type: z.literal('basic'), username: z.string().min(1).max(200), ...secret }),
  z.strictObject({ type: z.literal('secret'), ...secret }),
  /** What a person's sign-in brings. The gateway alone writes it. For a client secret of one's own: `secret`. */
  z.strictObject({ type: z.literal('oauth'), server: nameSchema, ...secret }),
  /** A private key in PEM; the gateway makes tokens of an hour with it. */
  z
    .strictObject({
      type: z.literal('github-app'),
      appId: z.string().regex(/^[A-Za-z0-9.]{1,100}$/, 'an app id is a number, or a client id'),
      installationId: z.string().regex(/^\d{1,20}$/, 'an installation id is a number'),
      /** Of a GitHub of one's own. */
      apiUrl: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
      /** That host and port may be private, and be spoken to over plain http. */
      private: z.boolean().default(false),
      ...secret,
    })
    .refine((spec) => spec.private || spec.apiUrl.startsWith('https:'), {
      path: ['apiUrl'],
      message: 'plain http is for one that is marked `private: true`',
    }),
])
export type CredentialSpec = z.infer<typeof credentialSpecSchema>

export type ModelCredentialSpec = Extract<CredentialSpec, { type: ModelCredentialKind }>

/** Whether it opens a model. */
export function isModelCredential(spec: CredentialSpec): spec is ModelCredentialSpec {
  return (MODEL_CREDENTIAL_KINDS as readonly string[]).includes(spec.type)
}
