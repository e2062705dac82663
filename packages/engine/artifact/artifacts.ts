import type { Readable } from 'node:stream'
import {
  type Artifact,
  type ArtifactId,
  type ArtifactQuery,
  Fault,
  newId,
  type OrgId,
  type RunId,
} from '@errand/contracts'
import {
  type ArtifactRow,
  type ByteRange,
  countArtifacts,
  findArtifact,
  findSameArtifact,
  insertArtifact,
  listArtifactRows,
  readLogEnd,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'
import { announceEvents, appendLocked } from '../run/appendEvents.ts'
import type { RunGrant } from '../run/types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now' | 'blobs'>

interface Reader {
  readonly orgId: OrgId
}

const DAY_MS = 86_400_000

/**
 * Takes an artifact's bytes, checks them against what was announced, and puts it into the run's log. The same bytes
 * under the same name again are the same artifact. Faults `artifact.unsafe`, `artifact.too-large`,
 * `artifact.hash-mismatch`, `storage.full`; nothing is kept then.
 */
export async function addArtifact(
  { grant, query, body }: { grant: RunGrant; query: ArtifactQuery; body: Readable },
  deps: Deps,
): Promise<Artifact> {
  const { orgId, runId } = grant
  const { name, sha256, sizeBytes } = query
  if (!isSafePath(name)) throw refused(body, new Fault('artifact.unsafe'))
  const same = await findSameArtifact(deps.db, { orgId, runId, name, sha256 })
  if (same !== undefined && (await deps.blobs.has(sha256))) {
    // It is here. What is sent is let past, so that the connection can go on.
    body.resume()
    return toArtifact(same)
  }
  // Asked before the bytes: what is refused afterwards would stay on the disk with nobody to name it.
  if (
    same === undefined &&
    (await countArtifacts(deps.db, { orgId, runId, upTo: grant.maxArtifacts })) >= grant.maxArtifacts
  )
    throw refused(body, new Fault('artifact.too-large', `A run keeps at most ${grant.maxArtifacts} artifacts.`))
  await deps.blobs.put(body, { sha256, sizeBytes, maxBytes: grant.maxArtifactBytes })
  return same === undefined ? record({ grant, query }, deps) : toArtifact(same)
}

/** Row and event are one transaction: there is no artifact that the log does not name, and none twice. */
async function record(
  { grant, query }: { grant: RunGrant; query: ArtifactQuery },
  { db, now }: Deps,
): Promise<Artifact> {
  const { orgId, runId, artifactDays } = grant
  const { name, kind, mediaType, sha256, sizeBytes } = query
  const at = now()
  const retainUntil = new Date(at.getTime() + artifactDays * DAY_MS)
  const row = { id: newId('artifact', at), runId, name, kind, mediaType, sizeBytes, sha256, createdAt: at, retainUntil }
  const kept = await db.transaction(async (tx) => {
    const added = await insertArtifact(tx, { ...row, orgId })
    const artifact = added ?? (await findSameArtifact(tx, { orgId, runId, name, sha256 }))
    if (artifact === undefined)
      throw new Error(`an artifact of ${runId} was refused as double, and there is none like it`)
    if (added === undefined) return toArtifact(artifact)
    const { id } = artifact
    const event = {
      type: 'artifact.added',
      id,
      name,
      kind,
      mediaType,
      sizeBytes,
      sha256,
      retainUntil: retainUntil.toISOString(),
    } as const
    await appendLocked(tx, { orgId, runId, source: 'system', events: [event] }, at)
    return toArtifact(artifact)
  })
  announceEvents(runId, { db })
  return kept
}

/** In the order in which they came. Fault `run.unknown`. */
export async function listArtifacts(
  { orgId }: Reader,
  runId: RunId,
  { db, now }: Pick<Deps, 'db' | 'now'>,
): Promise<readonly Artifact[]> {
  const rows = await listArtifactRows(db, { orgId, runId, now: now() })
  if (rows.length === 0 && (await readLogEnd(db, { orgId, runId })) === undefined) throw new Fault('run.unknown')
  return rows.map(toArtifact)
}

/** What is known of it, and its bytes when they are asked for. Fault `artifact.unknown`, also once its date has passed. */
export async function openArtifact(
  { orgId }: Reader,
  id: ArtifactId,
  { db, now, blobs }: Deps,
): Promise<{ artifact: Artifact; stream: (range?: ByteRange) => Promise<Readable> }> {
  const row = await findArtifact(db, { orgId, id, now: now() })
  if (row === undefined) throw new Fault('artifact.unknown')
  return {
    artifact: toArtifact(row),
    stream: (range) => blobs.open(row.sha256, range === undefined ? {} : { range }),
  }
}

function toArtifact({ createdAt, retainUntil, ...row }: ArtifactRow): Artifact {
  return { ...row, createdAt: createdAt.toISOString(), retainUntil: retainUntil.toISOString() }
}

/** A path below a folder, whoever unpacks it where. Line ends and any script are fine. */
function isSafePath(name: string): boolean {
  return (
    name.isWellFormed() &&
    !name.includes('\u0000') &&
    name.split(/[/\\]/).every((part) => part !== '' && part !== '.' && part !== '..')
  )
}

function refused(body: Readable, fault: Fault): Fault {
  body.resume()
  return fault
}
