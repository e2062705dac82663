import * as z from 'zod'

/**
 * Where a sign-in with an MCP server stands. `needs-consent`: what was granted works, and the server wants more for
 * something that was tried. `broken`: nobody can sign in before the configuration changes.
 */
export const GRANT_STATUSES = [
  'none',
  'discovering',
  'needs-sign-in',
  'authorising',
  'ready',
  'refreshing',
  'needs-consent',
  'broken',
] as const
export type GrantStatus = (typeof GRANT_STATUSES)[number]

/**
 * How the authorization server knows us: registered by the owner beforehand, by a document that it reads, or by asking
 * it to register us.
 */
export const CLIENT_WAYS = ['registered', 'document', 'dynamic'] as const
export type ClientWay = (typeof CLIENT_WAYS)[number]

const at = z.iso.datetime()

/** A grant as its row keeps it and as persons see it: no secret is in it. Times are ISO 8601. */
export const grantStateSchema = z.object({
  status: z.enum(GRANT_STATUSES),
  since: at,
  /** What was said when it last did not go well; null after it went well. */
  words: z.string().nullable(),
  issuer: z.string().nullable(),
  client: z.enum(CLIENT_WAYS).nullable(),
  /** As granted, with spaces between. */
  scopes: z.string().nullable(),
  /** What the server asked for beyond these. */
  wants: z.string().nullable(),
  hasTokens: z.boolean(),
  canRefresh: z.boolean(),
  /** Of the access token: when it came, and when it ends; null where the server did not say. */
  obtainedAt: at.nullable(),
  expiresAt: at.nullable(),
  signedInAt: at.nullable(),
  signedInBy: z.string().nullable(),
  refreshedAt: at.nullable(),
  /** Refreshes in a row that could not be made; the last one began then. */
  failures: z.int(),
  triedAt: at.nullable(),
})
export type GrantState = z.infer<typeof grantStateSchema>
