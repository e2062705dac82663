import type { Plan } from './task.ts'

export type NetworkLevel = NonNullable<Plan['network']>

/** The levels of the network, from the narrowest. */
export const NETWORK_NAMES: Readonly<Record<NetworkLevel, string>> = {
  none: 'None',
  trusted: 'Trusted',
  custom: 'Custom',
  full: 'Full',
}
