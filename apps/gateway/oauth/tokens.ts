import { type GrantChange, grantAad, type GrantId, type McpGrantRow } from '@errand/engine'
import type { Sealer } from '@errand/vault'
import type { Opener } from '@errand/vault/open'
import type { OAuthTokens } from '@modelcontextprotocol/client'
import * as z from 'zod'
import type { OauthClient } from './client.ts'

const tokensSchema = z.object({
  access: z.string(),
  refresh: z.string().nullable(),
  id: z.string().nullable(),
})
/** What a grant consists of. Sealed as one, so that a pair is always of one piece. */
export type GrantTokens = z.infer<typeof tokensSchema>

const callbackSchema = z.object({
  code: z.string().optional(),
  iss: z.string().optional(),
  error: z.string().optional(),
  errorDescription: z.string().optional(),
})
export type Callback = z.infer<typeof callbackSchema>

type Column = Parameters<typeof grantAad>[1]

/** Seals and opens what is secret of a grant. */
export interface GrantVault {
  seal(id: GrantId, column: Column, value: unknown): Promise<string>
  tokens(row: McpGrantRow): Promise<GrantTokens | null>
  client(row: McpGrantRow): Promise<OauthClient | null>
  verifier(row: McpGrantRow): Promise<string | null>
  callback(row: McpGrantRow): Promise<Callback | null>
}

export function grantVault({ sealer, opener }: { sealer: Sealer; opener: Opener }): GrantVault {
  const read = async (row: McpGrantRow, column: Column, sealed: string | null | undefined): Promise<unknown> =>
    sealed === null || sealed === undefined ? null : JSON.parse(await opener.open(sealed, grantAad(row, column)))
  return {
    seal: (id, column, value) => sealer.seal(JSON.stringify(value), grantAad(id, column)),
    tokens: async (row) => tokensSchema.nullable().parse(await read(row, 'tokens', row.tokens)),
    // What it holds was checked when it came from the authorization server, and nobody but this process can write it.
    client: async (row) => (await read(row, 'client', row.client)) as OauthClient | null,
    verifier: async (row) =>
      z
        .string()
        .nullable()
        .parse(await read(row, 'verifier', row.pending?.verifier)),
    callback: async (row) => callbackSchema.nullable().parse(await read(row, 'callback', row.pending?.callback)),
  }
}

/**
 * What a new pair makes of a grant. The end of its life counts from when it was asked for, by our clock: what the clock
 * of the authorization server says does not matter.
 */
export async function givenTokens(
  given: OAuthTokens,
  { row, vault, by, tookMs }: { row: McpGrantRow; vault: GrantVault; by: string | null; tookMs: number },
): Promise<GrantChange> {
  const before = by === null ? await vault.tokens(row) : null
  const tokens: GrantTokens = {
    access: given.access_token,
    // A server that does not rotate names none: the one that was used stays good.
    refresh: given.refresh_token ?? before?.refresh ?? null,
    id: given.id_token ?? before?.id ?? null,
  }
  const lifetimeMs = given.expires_in === undefined ? null : Math.max(0, given.expires_in * 1000 - tookMs)
  return {
    tokens: await vault.seal(row, 'tokens', tokens),
    event: {
      type: 'tokens.given',
      by,
      scopes: given.scope ?? null,
      lifetimeMs,
      canRefresh: tokens.refresh !== null,
    },
  }
}
