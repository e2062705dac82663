import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Artifact, type ArtifactQuery, artifactQuerySchema, faultWire, newId, type RunId } from '@errand/contracts'

export interface KeptArtifact extends ArtifactQuery {
  readonly bytes: Buffer
}

/** Takes one artifact as the wire says, and the same again without a second one. */
export async function addArtifact(
  request: IncomingMessage,
  {
    query,
    artifacts,
    maxBytes,
    runId,
  }: { query: URLSearchParams; artifacts: Map<string, KeptArtifact>; maxBytes: number; runId: RunId },
): Promise<{ status: number; body: unknown }> {
  const announced = artifactQuerySchema.safeParse(Object.fromEntries(query))
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  if (!announced.success)
    return { status: 400, body: faultWire('input.invalid', announced.error.issues[0]?.message ?? '') }
  const bytes = Buffer.concat(chunks)
  if (bytes.length > maxBytes) return { status: 413, body: faultWire('artifact.too-large') }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== announced.data.sha256) return { status: 422, body: faultWire('artifact.hash-mismatch') }
  const { name, kind, mediaType } = announced.data
  artifacts.set(name, { ...announced.data, bytes })
  const now = new Date()
  const artifact: Artifact = {
    id: newId('artifact', now),
    runId,
    name,
    kind,
    mediaType,
    sizeBytes: bytes.length,
    sha256,
    createdAt: now.toISOString(),
    retainUntil: now.toISOString(),
  }
  return { status: 201, body: artifact }
}
