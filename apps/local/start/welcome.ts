import { renderUnicodeCompact } from 'uqr'

export interface Welcome {
  /** Where people reach it, as the port or ERRAND_PUBLIC_URL says. */
  readonly address: string
  /** What it listens on: ERRAND_HOST. */
  readonly host: string
  readonly claimToken: string | null
  readonly hasPages: boolean
  /** The addresses of this machine that others can reach. */
  readonly networkAddresses: readonly string[]
}

/** What `npm start` says at its end: where to go, and the link that makes whoever opens it the owner. */
export function welcomeLines({ address, host, claimToken, hasPages, networkAddresses }: Welcome): readonly string[] {
  const seen = seenAddress(address, { host, networkAddresses })
  const link = claimToken === null ? null : `${seen}/claim#${claimToken}`
  const claim =
    link === null || !hasPages
      ? []
      : ['', 'Open this once to make it yours (it works one time, for a day):', `  ${link}`, ...qrLines(link)]
  return [
    '',
    `Errand is up: ${seen}`,
    ...claim,
    '',
    '  bin/errand run "Fix the failing test" --follow',
    '  bin/errand doctor',
    '',
    'Ctrl-C stops it.',
  ]
}

/**
 * The address to open: on the network the one that a phone can reach; on this machine by its name, because a passkey
 * belongs to a name and not to a number.
 */
export function seenAddress(
  address: string,
  { host, networkAddresses }: Pick<Welcome, 'host' | 'networkAddresses'>,
): string {
  const url = new URL(address)
  if (url.hostname !== '127.0.0.1' && url.hostname !== '[::1]') return address
  const [first] = networkAddresses
  const isOpen = host === '0.0.0.0' || host === '::'
  return `${url.protocol}//${isOpen && first !== undefined ? first : 'localhost'}:${url.port}`
}

/** For the phone; on loopback there is nobody to show it to. */
function qrLines(link: string): readonly string[] {
  if (new URL(link).hostname === 'localhost') return []
  return [
    '',
    ...renderUnicodeCompact(link, { border: 2 })
      .split('\n')
      .map((line) => `  ${line}`),
  ]
}
