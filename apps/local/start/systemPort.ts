import type { DoctorReport, SystemPort } from '@errand/surfaces'
import type { RunsPlace } from './runsPlace.ts'

interface Given {
  readonly version: string
  readonly startedAt: string
  readonly address: string
  readonly place: Pick<RunsPlace, 'isIsolated' | 'runsOn' | 'words'>
  readonly doctor: () => Promise<DoctorReport>
}

/** What this process knows of itself and of where its runs live. */
export function systemPort({ version, startedAt, address, place, doctor }: Given): SystemPort {
  return {
    info: () => ({
      version,
      startedAt,
      address,
      isIsolated: place.isIsolated(),
      runsOn: place.runsOn,
      machine: place.words(),
    }),
    doctor,
  }
}
