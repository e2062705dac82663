import { Fault, type OrgId } from '@errand/contracts'
import { type EngineDeps, readSealedCredential } from '@errand/engine'
import type { Logger, Secret } from '@errand/observe'
import type { CredentialOpener } from '../openCredential.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type InstallationToken, installationToken } from './installationToken.ts'

export interface Which {
  readonly orgId: OrgId
  /** Its name; it is one of the kind `github-app`. */
  readonly credential: string
}

export interface GithubTokens {
  /** One that is good for five minutes at least. Faults `mcp.credential-missing`, `mcp.credential-refused`, … */
  token(which: Which): Promise<{ readonly token: Secret }>
  /** After a server refused one: another, to try once. Fault `mcp.credential-refused`. */
  another(which: Which, refused: Secret): Promise<{ readonly token: Secret }>
}

interface Parts {
  readonly engine: Pick<EngineDeps, 'db'>
  readonly credentials: CredentialOpener
  readonly outbound: Outbound
  readonly log: Logger
  readonly now: () => Date
}

const LEAST_MS = 5 * 60_000
/** From here on a new one is fetched meanwhile, so that nobody waits for it. */
const AHEAD_MS = 15 * 60_000
/** A server that refuses a token so soon after it was made will refuse the next one, too. */
const TOO_SOON_MS = 60_000

interface Kept {
  readonly version: number
  token: Promise<InstallationToken>
  isRenewing: boolean
}

/** Tokens of GitHub Apps, kept in memory alone: each process makes its own, which GitHub allows. */
export function githubTokens(parts: Parts): GithubTokens {
  const { engine, credentials, log, now } = parts
  const kept = new Map<string, Kept>()

  async function read({ orgId, credential }: Which) {
    const sealed = await readSealedCredential({ orgId, name: credential }, engine)
    if (sealed === null) throw new Fault('mcp.credential-missing', `There is no credential ${credential}.`)
    const make = async () => {
      const { name, spec, secret: key } = await credentials.open(orgId, sealed)
      if (spec.type !== 'github-app') throw new Fault('mcp.credential-missing', `${name} is no GitHub App.`)
      if (key === null) throw new Fault('mcp.credential-missing', `${name} has no private key yet.`)
      return installationToken({ name, spec, key }, parts)
    }
    return { key: sealed.id, version: sealed.version, make }
  }

  function begin(key: string, version: number, make: () => Promise<InstallationToken>): Promise<InstallationToken> {
    const token = make()
    const entry: Kept = { version, token, isRenewing: false }
    kept.set(key, entry)
    token.catch(() => {
      if (kept.get(key) === entry) kept.delete(key)
    })
    return token
  }

  function renew(entry: Kept, make: () => Promise<InstallationToken>): void {
    if (entry.isRenewing) return
    entry.isRenewing = true
    make()
      .then((token) => void (entry.token = Promise.resolve(token)))
      .catch((error: unknown) => log.warn({ op: 'github-app.renew', error }, 'a token was not renewed ahead of time'))
      .finally(() => (entry.isRenewing = false))
  }

  return {
    async token(which) {
      const { key, version, make } = await read(which)
      const entry = kept.get(key)
      if (entry === undefined || entry.version !== version) return begin(key, version, make)
      const token = await entry.token
      const leftMs = token.expiresAt - now().getTime()
      if (leftMs < LEAST_MS) return begin(key, version, make)
      if (leftMs < AHEAD_MS) renew(entry, make)
      return token
    },
    async another(which, refused) {
      const { key, version, make } = await read(which)
      const known = await kept.get(key)?.token
      // Another call has fetched one already.
      if (known !== undefined && known.token.reveal() !== refused.reveal()) return known
      if (known !== undefined && now().getTime() - known.obtainedAt < TOO_SOON_MS)
        throw new Fault('mcp.credential-refused', `It refuses a token that was made for ${which.credential} just now.`)
      return begin(key, version, make)
    },
  }
}
