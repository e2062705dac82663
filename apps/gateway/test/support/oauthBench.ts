import type { CredentialId, OrgId } from '@errand/contracts'
import { findGrantRow, keepCallback } from '@errand/engine'
import { openDatabase } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { opener, publicHalf, type VaultKey } from '@errand/vault/open'
import { systemNetwork } from '../../egress/connect.ts'
import { createOauth } from '../../oauth/oauth.ts'
import type { RefreshStep } from '../../oauth/oauthDeps.ts'
import type { SignInTarget } from '../../oauth/target.ts'
import { grantVault } from '../../oauth/tokens.ts'
import { createOutbound } from '../../outbound/outbound.ts'

export interface BenchPlace {
  readonly databaseUrl: string
  readonly key: VaultKey
  readonly orgId: OrgId
  readonly credentialId: CredentialId
  readonly mcpUrl: string
}

export interface BenchOptions {
  readonly target?: Partial<SignInTarget>
  readonly now?: () => Date
  readonly maxConnections?: number
  readonly onStep?: (step: RefreshStep) => void
}

/** The credential engine of one gateway process, over a database that others share. */
export function oauthBench(
  place: BenchPlace,
  { target = {}, now = () => new Date(), onStep, maxConnections = 10 }: BenchOptions = {},
) {
  const { databaseUrl, key, orgId, credentialId, mcpUrl } = place
  const log = quietLog()
  const db = openDatabase({ url: databaseUrl, log, maxConnections })
  const engine = { db, now }
  const vault = grantVault({ sealer: sealer(publicHalf(key)), opener: opener([key]) })
  const outbound = createOutbound({ network: systemNetwork, isLoopbackOpen: true })
  const id = { orgId, credentialId }
  const oauth = createOauth({
    engine,
    vault,
    outbound,
    log,
    readTarget: async () => ({
      id,
      credential: 'linear',
      server: 'linear',
      url: mcpUrl,
      opened: null,
      scopes: null,
      clientId: null,
      clientSecret: null,
      authorizeParams: {},
      sendResource: true,
      assumeS256: false,
      useIdToken: false,
      ...target,
    }),
    ...(onStep === undefined ? {} : { onStep }),
  })
  return {
    oauth,
    which: { orgId, credential: 'linear' },
    row: () => findGrantRow(id, engine),
    /** As the api does when the browser comes back. */
    comeBack: async (at: URL): Promise<void> =>
      void (await keepCallback(Object.fromEntries(at.searchParams), { ...engine, sealer: sealer(publicHalf(key)) })),
    tokens: async () => {
      const row = await findGrantRow(id, engine)
      return row === null ? null : vault.tokens(row)
    },
    close: async () => void (await Promise.all([db.close(), outbound.close()])),
  }
}
