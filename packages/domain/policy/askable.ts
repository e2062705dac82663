import { hostPatternSchema, type NetworkLevel } from '@errand/contracts'
import { addressKind } from './address.ts'
import { hostPattern, type Target } from './hostPolicy.ts'

/** Names that no public resolver knows: what answers to them is a machine nearby. */
const NEARBY = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|test|invalid|arpa)$/

/**
 * Whether a person may be asked for a host that is not allowed, by its name alone: the name is not looked up before
 * somebody has allowed it, for a look-up would carry a message out by itself. What it then resolves to is judged as
 * always. Never asked: at level `none`, for a machine nearby, for anything that a list of hosts cannot name.
 */
export function mayAskForHost(target: Target, network: NetworkLevel): boolean {
  if (network !== 'trusted' && network !== 'custom') return false
  const { host } = target
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  const isNearby = isAddress ? addressKind(host).kind !== 'public' : !host.includes('.') || NEARBY.test(host)
  return !isNearby && hostPatternSchema.safeParse(hostPattern(target)).success
}
