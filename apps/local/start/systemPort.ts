import type { Capabilities } from '@errand/sandbox'
import type { DoctorReport, SystemPort } from '@errand/surfaces'

interface Given {
  readonly version: string
  readonly startedAt: string
  readonly address: string
  readonly mayRunUnisolated: boolean
  readonly machine: () => Capabilities
  readonly doctor: () => Promise<DoctorReport>
}

/** What this process knows of itself and of the machine. */
export function systemPort({ version, startedAt, address, mayRunUnisolated, machine, doctor }: Given): SystemPort {
  return {
    info: () => {
      const seen = machine()
      const isIsolated = seen.isolation !== 'none'
      return { version, startedAt, address, isIsolated, machine: machineWords(seen, mayRunUnisolated) }
    },
    doctor,
  }
}

function machineWords(seen: Capabilities, mayRunUnisolated: boolean): readonly string[] {
  if (seen.isolation !== 'none') return [`Sandboxes are isolated by ${seen.isolation}; limits: ${seen.limitWords}.`]
  const consequence = mayRunUnisolated ? 'every agent runs without a wall, as you allowed' : 'only the demo agent runs'
  const remedy = seen.remedy === null ? [] : [`To mend it: ${seen.remedy}.`]
  return [`This machine cannot isolate sandboxes (${seen.why ?? 'unknown reason'}): ${consequence}.`, ...remedy]
}
