import type { InstanceId } from '@errand/contracts'
import { type EngineDeps, type Instance, type InstanceSight, keepInstanceLog, noteInstance } from '@errand/engine'
import type { Logger } from '@errand/observe'
import type { Executor } from '@errand/sandbox'
import type { Bundles } from './bundles.ts'
import type { Tools } from './tools.ts'

/** The ways to the gateway of the sandboxes of hosted servers. */
export interface HostedDoors {
  open(id: InstanceId): Promise<string>
  close(id: InstanceId): Promise<void>
  list(): readonly InstanceId[]
}

export interface HostedDeps {
  readonly engine: EngineDeps
  readonly executor: Executor<'instance'>
  readonly doors: HostedDoors
  readonly log: Logger
  readonly delay: (ms: number) => Promise<void>
  /** Aborted when we stop: whatever waits gives up, and nothing is noted as a failure. */
  readonly stopping: AbortSignal
  readonly tools: () => Promise<Tools>
  readonly bundles: Bundles
  /** The bridge as one file. */
  readonly bridgePath: string
}

/** As a sandbox sees its bundle. */
export const BUNDLE_INSIDE = '/opt/errand/bundle'
export const WORDS_CHARS = 500

/** The words of the last line of a bridge's log. */
export function lastWordsOf(printed: string): string {
  const last = printed.trim().split('\n').at(-1) ?? ''
  const words = /"msg":("(?:[^"\\]|\\.)*")/.exec(last)?.[1]
  return (words === undefined ? last : String(JSON.parse(words))).slice(0, WORDS_CHARS)
}

export async function takeAway(
  id: InstanceId,
  { executor, doors, engine }: Pick<HostedDeps, 'executor' | 'doors' | 'engine'>,
): Promise<void> {
  await executor.kill(id)
  const printed = await executor.printed(id)
  if (printed !== '') await keepInstanceLog(id, printed, engine)
  await executor.remove(id)
  await doors.close(id)
}

/** Writes what changed; the rest stays as it was when the instance was read. */
export async function note(
  instance: Instance,
  change: Partial<InstanceSight>,
  { engine }: Pick<HostedDeps, 'engine'>,
): Promise<void> {
  await noteInstance(instance, { ...instance, ...change }, engine)
}
