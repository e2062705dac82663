import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunnerBoot, RunSpec } from '@errand/contracts'

export interface Places {
  readonly workspace: string
  readonly home: string
  /** Where files go that are to come back. */
  readonly artifacts: string
  readonly inputs: string
  /** The runner's own: logs, patches, its view of the repositories. */
  readonly ownFolder: string
}

/** Makes the folders of a run. A repository may be called like one of them; then the folder gives way. */
export async function makePlaces(boot: RunnerBoot, spec: Pick<RunSpec, 'repositories' | 'inputs'>): Promise<Places> {
  const taken = new Set(spec.repositories.map(({ dir }) => dir.split('/', 1)[0]))
  const free = (name: string): string => join(boot.workspace, taken.has(name) ? `errand-${name}` : name)
  const ownFolder = join(boot.home, `.errand-${randomBytes(6).toString('hex')}`)
  const places = {
    workspace: boot.workspace,
    home: boot.home,
    artifacts: free('artifacts'),
    inputs: free('inputs'),
    ownFolder,
  }
  await mkdir(places.workspace, { recursive: true })
  await mkdir(ownFolder, { recursive: true, mode: 0o700 })
  await mkdir(places.artifacts, { recursive: true })
  if (spec.inputs.length > 0) await mkdir(places.inputs, { recursive: true })
  return places
}
