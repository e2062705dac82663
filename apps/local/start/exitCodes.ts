import type { FaultCode } from '@errand/contracts'

/** Exit codes of a start that failed (docs/cli.md). Those of the setup before it begin at 10. */
const EXIT_CODES: Partial<Record<FaultCode, number>> = {
  'start.config-invalid': 2,
  'start.port-taken': 3,
  'start.second-instance': 4,
  'start.disk-full': 5,
  'start.folder-unwritable': 6,
  'start.database-unreachable': 7,
}

export function exitCodeOf(code: FaultCode): number {
  return EXIT_CODES[code] ?? 1
}
