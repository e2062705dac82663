import { Fault } from '@errand/contracts'
import { formatAuthority, parseAuthority } from '@errand/domain'
import { type EngineDeps, readSealedCredential, readServerNow } from '@errand/engine'
import type { Opened } from '../outbound/outbound.ts'
import type { CredentialOpener } from '../openCredential.ts'
import type { Which } from './oauth.ts'
import type { SignInTarget } from './target.ts'

const FRESH_MS = 1_000

interface Parts {
  readonly engine: Pick<EngineDeps, 'db'>
  readonly credentials: CredentialOpener
}

/** Reads what a sign-in is about, remembered for a second: every call of a tool asks for it. */
export function targetReader(parts: Parts): (which: Which) => Promise<SignInTarget> {
  const known = new Map<string, { readonly at: number; readonly target: Promise<SignInTarget> }>()
  return (which) => {
    const key = `${which.orgId} ${which.credential}`
    const at = performance.now()
    const before = known.get(key)
    if (before !== undefined && at - before.at < FRESH_MS) return before.target
    const target = readTarget(which, parts)
    known.set(key, { at, target })
    target.catch(() => known.delete(key))
    return target
  }
}

async function readTarget({ orgId, credential }: Which, { engine, credentials }: Parts): Promise<SignInTarget> {
  const sealed = await readSealedCredential({ orgId, name: credential }, engine)
  if (sealed === null) throw new Fault('credential.unknown', `${credential}.`)
  const { spec, secret } = await credentials.open(orgId, sealed)
  if (spec.type !== 'oauth') throw new Fault('sign-in.not-wanted', `${credential} is of the type ${spec.type}.`)
  const server = await readServerNow({ orgId, name: spec.server }, engine)
  if (server.spec.type !== 'remote') throw new Fault('sign-in.not-wanted', `${server.name} is run by Errand itself.`)
  const { url, private: isPrivate, oauth } = server.spec
  return {
    id: { orgId, credentialId: sealed.id },
    credential,
    server: server.name,
    url,
    opened: isPrivate ? openedPlace(url) : null,
    scopes: oauth?.scopes === undefined ? null : oauth.scopes.join(' '),
    clientId: oauth?.clientId ?? null,
    clientSecret: secret,
    authorizeParams: oauth?.authorizeParams ?? {},
    sendResource: oauth?.sendResource ?? true,
    assumeS256: oauth?.assumeS256 ?? false,
    useIdToken: oauth?.useIdToken ?? false,
  }
}

/** `host:port` of a server that is marked as private: that place may be private, and no other. */
export function openedPlace(url: string): Opened {
  const { host, protocol } = new URL(url)
  const target = parseAuthority(host, protocol === 'http:' ? 80 : 443)
  return target === null ? null : formatAuthority(target)
}
