import type { RunGrant } from '@errand/engine'

/** Where a call came from: the unix socket of this machine's sandboxes, or an address of the cluster's network. */
export type Origin = { readonly kind: 'socket' } | { readonly kind: 'address'; readonly address: string }

export function originOf({ remoteAddress }: { readonly remoteAddress?: string | undefined }): Origin {
  return remoteAddress === undefined ? { kind: 'socket' } : { kind: 'address', address: plainAddress(remoteAddress) }
}

/** Whether a token came from where alone it is taken: what another sandbox got hold of opens nothing from there. */
export function isOwnOrigin({ tokenAddress }: Pick<RunGrant, 'tokenAddress'>, origin: Origin): boolean {
  return origin.kind === 'socket' ? tokenAddress === null : tokenAddress === origin.address
}

/** As the cluster writes it: an address of four that came in over one of six is itself again. */
function plainAddress(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%', 1)
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1] ?? plain
}
