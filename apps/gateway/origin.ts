import type { Socket } from 'node:net'
import type { RunId } from '@errand/contracts'
import type { RunGrant } from '@errand/engine'

/** Where a call came from: the door of one run's sandbox on this machine, or an address of the cluster's network. */
export type Origin =
  /** `runId` is null at the gateway's own socket, which is in no sandbox: it says that somebody is there, and no more. */
  { readonly kind: 'socket'; readonly runId: RunId | null } | { readonly kind: 'address'; readonly address: string }

const doors = new WeakMap<Socket, RunId>()

/** Whatever comes over this connection came through the door of that run. */
export function cameThroughDoor(socket: Socket, runId: RunId): void {
  doors.set(socket, runId)
}

export function originOf(socket: Socket): Origin {
  const { remoteAddress } = socket
  if (remoteAddress === undefined) return { kind: 'socket', runId: doors.get(socket) ?? null }
  return { kind: 'address', address: plainAddress(remoteAddress) }
}

/** Whether a token came from where alone it is taken: what another sandbox got hold of opens nothing from there. */
export function isOwnOrigin(
  { runId, tokenAddress }: Pick<RunGrant, 'runId' | 'tokenAddress'>,
  origin: Origin,
): boolean {
  if (origin.kind === 'address') return tokenAddress === origin.address
  return tokenAddress === null && runId === origin.runId
}

/** For the log. */
export function originWords(origin: Origin): string {
  return origin.kind === 'address' ? origin.address : (origin.runId ?? 'socket')
}

/** As the cluster writes it: an address of four that came in over one of six is itself again. */
function plainAddress(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%', 1)
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1] ?? plain
}
