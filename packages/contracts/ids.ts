import * as z from 'zod'

/** What each id names. The prefix makes an id readable in a log and impossible to pass for another kind. */
const PREFIXES = {
  org: 'org',
  user: 'usr',
  run: 'run',
  batch: 'bat',
  draft: 'dft',
  agent: 'agt',
  artifact: 'art',
  credential: 'crd',
  repository: 'rep',
  token: 'tok',
  request: 'req',
  question: 'qst',
  note: 'nte',
  session: 'ses',
  passkey: 'psk',
  pull: 'pul',
  mcpServer: 'mcp',
  mcpCall: 'cal',
  /** A hosted MCP server at work, or a package being installed for one. */
  instance: 'mci',
  /** How somebody signs in: a password, later an identity provider's account. */
  login: 'log',
} as const

export type IdKind = keyof typeof PREFIXES

declare const brand: unique symbol
export type Id<K extends IdKind> = string & { readonly [brand]: K }
export type OrgId = Id<'org'>
export type UserId = Id<'user'>
export type RunId = Id<'run'>
export type BatchId = Id<'batch'>
export type DraftId = Id<'draft'>
export type AgentId = Id<'agent'>
export type ArtifactId = Id<'artifact'>
export type CredentialId = Id<'credential'>
export type RepositoryId = Id<'repository'>
export type TokenId = Id<'token'>
export type RequestId = Id<'request'>
export type NoteId = Id<'note'>
export type SessionId = Id<'session'>
export type PasskeyId = Id<'passkey'>
export type PullId = Id<'pull'>
export type McpServerId = Id<'mcpServer'>
export type McpCallId = Id<'mcpCall'>
export type InstanceId = Id<'instance'>
/** What a sandbox is for: it bears the id of what lives in it. */
export type SandboxId = Id<'run' | 'instance'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id: prefix + 10 characters of time (ms) + 16 random ones (80 bits), Crockford base 32, lower case.
 * Sorts by creation time, is a valid DNS label and holds no dash.
 */
export function newId<K extends IdKind>(kind: K, now: Date, random: (n: number) => Uint8Array = randomBytes): Id<K> {
  const bytes = random(16)
  let tail = ''
  for (let i = 0; i < 16; i++) tail += ALPHABET.charAt((bytes[i] ?? 0) & 31)
  return (PREFIXES[kind] + headOf(now.getTime()) + tail) as Id<K>
}

/** Several ids a millisecond have the same one. */
const headOf = (() => {
  let last = { ms: Number.NaN, head: '' }
  return (ms: number): string => {
    if (last.ms === ms) return last.head
    let [time, head] = [ms, '']
    for (let i = 0; i < 10; i++) {
      head = ALPHABET.charAt(time % 32) + head
      time = Math.floor(time / 32)
    }
    last = { ms, head }
    return head
  }
})()

/** A zod schema for one kind of id: refuses another kind's by its prefix. */
export function idSchema<K extends IdKind>(kind: K): z.ZodType<Id<K>, string> {
  const shape = new RegExp(`^${PREFIXES[kind]}[0-9a-hjkmnp-tv-z]{26}$`)
  return z.string().regex(shape, `not a ${kind} id (${PREFIXES[kind]}…)`) as unknown as z.ZodType<Id<K>, string>
}

const POOL_BYTES = 4_096

/** Asking the system costs more than the rest of an id, however little is asked for. */
const randomBytes = (() => {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  return (n: number): Uint8Array => {
    if (used + n > POOL_BYTES) {
      globalThis.crypto.getRandomValues(pool)
      used = 0
    }
    used += n
    return pool.subarray(used - n, used)
  }
})()
