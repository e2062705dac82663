import type { InstanceId } from '@errand/contracts'
import { keepInstanceLog } from '@errand/engine'
import type { Executor } from '@errand/sandbox'
import type { PlaceDeps } from '../hosted.ts'
import type { Bundles } from './bundles.ts'
import type { Tools } from './tools.ts'

/** The ways to the gateway of the sandboxes of hosted servers. */
export interface HostedDoors {
  open(id: InstanceId): Promise<string>
  close(id: InstanceId): Promise<void>
  list(): readonly InstanceId[]
}

export interface MachineDeps extends PlaceDeps {
  readonly executor: Executor<'instance'>
  readonly doors: HostedDoors
  readonly tools: () => Promise<Tools>
  readonly bundles: Bundles
  /** The bridge as one file. */
  readonly bridgePath: string
}

/** As a sandbox sees its bundle. */
export const BUNDLE_INSIDE = '/opt/errand/bundle'

export async function takeAway(
  id: InstanceId,
  { executor, doors, engine }: Pick<MachineDeps, 'executor' | 'doors' | 'engine'>,
): Promise<void> {
  await executor.kill(id)
  const printed = await executor.printed(id)
  if (printed !== '') await keepInstanceLog(id, printed, engine)
  await executor.remove(id)
  await doors.close(id)
}
