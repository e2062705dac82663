import type { FaultWire } from '@errand/contracts'

/** The fault that the server answered with; null when there was no answer, or none that is ours. */
export function faultOfError(error: unknown): FaultWire | null {
  const data = field(error, 'data')
  return faultOfWire(field(data, 'fault'))
}

/** The same of a JSON body that is a fault by itself. */
export function faultOfWire(value: unknown): FaultWire | null {
  return isFault(value) ? value : null
}

function isFault(value: unknown): value is FaultWire {
  return ['code', 'words', 'remedy'].every((name) => typeof field(value, name) === 'string')
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
