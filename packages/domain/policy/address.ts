import { formatAuthority, type Target } from './hostPolicy.ts'

/**
 * What an IP address is to a sandbox. `private` may be opened by the owner for one host and port;
 * `forbidden` (metadata services, link-local, multicast, …) never, for nothing that a run needs lives there.
 */
export type AddressKind =
  | { readonly kind: 'public' }
  | { readonly kind: 'private'; readonly what: string }
  | { readonly kind: 'forbidden'; readonly what: string }

interface Range {
  readonly start: bigint
  readonly bits: number
  readonly is: AddressKind
}

const priv = (what: string): AddressKind => ({ kind: 'private', what })
const never = (what: string): AddressKind => ({ kind: 'forbidden', what })
const PUBLIC: AddressKind = { kind: 'public' }

/** The most specific ranges first: the first match decides. Source: the IANA special-purpose address registries. */
const V4: readonly Range[] = [
  v4('100.100.100.200/32', never('a cloud metadata service')),
  v4('168.63.129.16/32', never('a cloud metadata service')),
  v4('192.0.0.192/32', never('a cloud metadata service')),
  v4('0.0.0.0/8', never('this machine, unspecified')),
  v4('10.0.0.0/8', priv('a private network')),
  v4('100.64.0.0/10', priv('a carrier’s shared network')),
  v4('127.0.0.0/8', priv('this machine (loopback)')),
  v4('169.254.0.0/16', never('link-local, where metadata services live')),
  v4('172.16.0.0/12', priv('a private network')),
  v4('192.0.0.0/24', never('reserved for protocols')),
  v4('192.0.2.0/24', never('reserved for documentation')),
  v4('192.88.99.0/24', never('a relay that leads elsewhere')),
  v4('192.168.0.0/16', priv('a private network')),
  v4('198.18.0.0/15', priv('a network for benchmarks')),
  v4('198.51.100.0/24', never('reserved for documentation')),
  v4('203.0.113.0/24', never('reserved for documentation')),
  v4('224.0.0.0/4', never('multicast')),
  v4('240.0.0.0/4', never('reserved')),
]

const V6: readonly Range[] = [
  v6('fd00:ec2::/32', never('a cloud metadata service')),
  v6('fd20:ce::254/128', never('a cloud metadata service')),
  v6('::/128', never('this machine, unspecified')),
  v6('::1/128', priv('this machine (loopback)')),
  v6('fc00::/7', priv('a private network')),
  v6('fe80::/10', never('link-local, where metadata services live')),
  v6('ff00::/8', never('multicast')),
  v6('2001::/23', never('reserved for protocols')),
  v6('2001:db8::/32', never('reserved for documentation')),
  v6('2002::/16', never('a tunnel that leads elsewhere')),
  v6('3fff::/20', never('reserved for documentation')),
  v6('2000::/3', PUBLIC),
]

/** An IPv4 address inside an IPv6 one: judged as what it really reaches. */
const CARRIES_V4: readonly Range[] = [v6('::ffff:0:0/96', PUBLIC), v6('64:ff9b::/96', PUBLIC)]

/** Never throws: what is not an address, or carries a zone, is forbidden. */
export function addressKind(address: string): AddressKind {
  const four = parseV4(address)
  if (four !== null) return lookUp(V4, four, 32) ?? PUBLIC
  const six = parseV6(address)
  if (six === null) return never('not an address')
  if (lookUp(CARRIES_V4, six, 128) !== undefined) return lookUp(V4, six & 0xffff_ffffn, 32) ?? PUBLIC
  return lookUp(V6, six, 128) ?? never('outside the public range')
}

/**
 * Why a connection to `host:port` may not be made, given everything its name resolved to; null when it may.
 * One bad address spoils the name: which of them is dialled is not ours to hope for.
 * `privateHosts` are the `host:port` that the owner has opened.
 */
export function addressRefusal(
  target: Target,
  addresses: readonly string[],
  privateHosts: readonly string[],
): string | null {
  const name = formatAuthority(target)
  const isOpened = privateHosts.some((entry) => entry.toLowerCase() === name)
  for (const address of addresses) {
    const is = addressKind(address)
    if (is.kind === 'forbidden' || (is.kind === 'private' && !isOpened)) {
      return `${name} resolves to ${address}: ${is.what}.`
    }
  }
  return null
}

function lookUp(ranges: readonly Range[], address: bigint, width: number): AddressKind | undefined {
  return ranges.find((range) => {
    const rest = BigInt(width - range.bits)
    return address >> rest === range.start >> rest
  })?.is
}

function v4(cidr: string, is: AddressKind): Range {
  return range(cidr, is, parseV4)
}

function v6(cidr: string, is: AddressKind): Range {
  return range(cidr, is, parseV6)
}

function range(cidr: string, is: AddressKind, parse: (text: string) => bigint | null): Range {
  const [text = '', bits = ''] = cidr.split('/')
  const start = parse(text)
  if (start === null) throw new Error(`not a range: ${cidr}`)
  return { start, bits: Number(bits), is }
}

/** Only the four decimal numbers: other spellings are for a resolver to turn into this one. */
function parseV4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function parseV6(text: string): bigint | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted !== null) {
    const four = parseV4(dotted[2] ?? '')
    return four === null ? null : parseV6(`${dotted[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
