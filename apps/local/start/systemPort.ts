import type { Capabilities, Executor } from '@errand/sandbox'
import type { SystemPort } from '@errand/surfaces'

interface Given {
  readonly version: string
  readonly startedAt: string
  readonly address: string
  readonly mayRunUnisolated: boolean
  readonly executor: Executor
}

/** What this process knows of itself and of the machine. */
export async function systemPort({ version, startedAt, address, executor, ...given }: Given): Promise<SystemPort> {
  const capabilities = await executor.capabilities()
  return {
    info: () => ({
      version,
      startedAt,
      address,
      isIsolated: capabilities.isolation !== 'none',
      machine: machineWords(capabilities, given.mayRunUnisolated),
    }),
    doctor: () => Promise.reject(new Error('not wired yet')),
  }
}

function machineWords(seen: Capabilities, mayRunUnisolated: boolean): readonly string[] {
  if (seen.isolation === 'none') {
    const consequence = mayRunUnisolated
      ? 'every agent runs without a wall, as you allowed'
      : 'only the demo agent runs'
    return [
      `This machine cannot isolate sandboxes (${seen.why ?? 'unknown reason'}): ${consequence}.`,
      ...(seen.remedy === null ? [] : [`To mend it: ${seen.remedy}.`]),
    ]
  }
  return [`Sandboxes are isolated by ${seen.isolation}; limits: ${seen.limitWords}.`]
}
