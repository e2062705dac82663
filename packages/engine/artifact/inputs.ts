import type { Readable } from 'node:stream'
import { Fault, type InputFile } from '@errand/contracts'
import { upsertInput } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { readSettings } from '../org/settings.ts'
import { isFileName } from '../run/freezeSpec.ts'
import type { RunGrant } from '../run/types.ts'

const DAY_MS = 86_400_000

/**
 * Keeps a file that a run shall have. What it gives goes into `createRun`. Faults `input.invalid` for a name,
 * `input.too-large`.
 */
export async function putInput(
  { orgId }: Actor,
  { name, body }: { name: string; body: Readable },
  deps: Pick<EngineDeps, 'db' | 'now' | 'blobs'>,
): Promise<InputFile> {
  if (!isFileName(name) || name.length > 255) {
    body.resume()
    throw new Fault('input.invalid', 'name: it is not the name of a file.')
  }
  const { maxArtifactMib, retentionDays } = await readSettings({ orgId }, deps)
  const { sha256, sizeBytes } = await deps.blobs
    .put(body, { maxBytes: maxArtifactMib * 1_048_576 })
    .catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'artifact.too-large')
        throw new Fault('input.too-large', error.detail, { cause: error })
      throw error
    })
  const now = deps.now()
  const retainUntil = new Date(now.getTime() + retentionDays.artifacts * DAY_MS)
  await upsertInput(deps.db, { orgId, sha256, sizeBytes, now, retainUntil })
  return { name, sha256, sizeBytes }
}

/** For the runner: only what the run was given. Fault `path.unknown`. */
export async function openInput(
  grant: RunGrant,
  sha256: string,
  { blobs }: Pick<EngineDeps, 'blobs'>,
): Promise<{ sizeBytes: number; stream: Readable }> {
  const input = grant.inputs.find((one) => one.sha256 === sha256)
  if (input === undefined) throw new Fault('path.unknown')
  return { sizeBytes: input.sizeBytes, stream: await blobs.open(sha256) }
}
