import { asked, type FaultEntry } from './faultEntry.ts'

/** Why the gateway does not go where a server of the outside sends it. Part of `FAULTS`. */
export const OUTBOUND_FAULTS = {
  'outbound.address-private': asked(
    403,
    'The address leads to a private network, to this machine or to a metadata service.',
    'Only a server that is marked as private is reached there, at exactly its own host and port.',
  ),
  'outbound.plain-http': asked(
    403,
    'Over plain http a token could be read on the way.',
    'Use its https:// address. A server on a private network may use http if it is marked as private.',
  ),
  'outbound.redirected': asked(
    502,
    'The server sends on to another place, which is not followed with a credential at hand.',
    'The detail names the place. Use it as the address, if you trust it.',
  ),
  'outbound.too-large': asked(
    502,
    'The answer is far larger than such an answer ever is.',
    'The server is broken or means harm: ask who runs it.',
  ),
} as const satisfies Record<string, FaultEntry>
