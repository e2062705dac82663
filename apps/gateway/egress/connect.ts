import { lookup } from 'node:dns/promises'
import { connect, type LookupFunction, type Socket } from 'node:net'
import { Fault } from '@errand/contracts'
import { addressRefusal, formatAuthority, type Target } from '@errand/domain'

/** Every address of a name, in the order to try them; throws with a `code` as Node's resolver does. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Opens a connection to one of exactly these addresses and never asks for the name again. */
export type Dial = (pinned: Target & { readonly addresses: readonly string[] }) => Promise<Socket>

export interface ConnectDeps {
  readonly resolve: Resolve
  readonly dial: Dial
}

const RESOLVE_MS = 10_000
const DIAL_MS = 15_000

/** The machine's own resolver and network. */
export const systemNetwork: ConnectDeps = {
  resolve: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  dial: dialPinned,
}

/**
 * Connects to `target` after judging everything its name resolves to. The name is asked for once and what was
 * judged is what is dialled, so an answer that changes in between changes nothing.
 * Faults: `egress.address-private`, `egress.unreachable`.
 */
export async function connectGuarded(
  target: Target,
  privateHosts: readonly string[],
  { resolve, dial }: ConnectDeps,
): Promise<Socket> {
  const addresses = await within(RESOLVE_MS, resolve(target.host)).catch((error: unknown) => {
    throw unreachable(target, error)
  })
  if (addresses.length === 0) throw new Fault('egress.unreachable', `${target.host}: the name has no address.`)
  const refusal = addressRefusal(target, addresses, privateHosts)
  if (refusal !== null) throw new Fault('egress.address-private', refusal)
  return dial({ ...target, addresses }).catch((error: unknown) => {
    throw unreachable(target, error)
  })
}

function dialPinned({ host, port, addresses }: Target & { readonly addresses: readonly string[] }): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({
    host,
    port,
    lookup: pinnedLookup(addresses),
    autoSelectFamily: true,
    allowHalfOpen: true,
    noDelay: true,
  })
  const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), DIAL_MS)
  socket.once('error', reject)
  socket.once('close', () => clearTimeout(timer))
  socket.once('connect', () => {
    clearTimeout(timer)
    socket.off('error', reject)
    resolve(socket)
  })
  return promise
}

/** Answers with what was judged, whatever is asked. */
function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return (_host, options, answer) => {
    const first = all[0]
    if (options.all === true || first === undefined) answer(null, all)
    else answer(null, first.address, first.family)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'no answer',
}

/** The reason in words; what the system wrote stays inside as the cause. */
export function unreachable(target: Target, error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('egress.unreachable', `${formatAuthority(target)}: ${reasonOf(error)}.`, { cause: error })
}

function reasonOf(error: unknown): string {
  // Several addresses were tried: the first error speaks for all.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const code: unknown = first instanceof Error ? Reflect.get(first, 'code') : undefined
  if (typeof code !== 'string') return 'the connection failed'
  if (/CERT|SSL|TLS|ALTNAME/.test(code)) return `its TLS certificate is not valid (${code})`
  return REASONS[code] ?? `the connection failed (${code})`
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' })), ms)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
