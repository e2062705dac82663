import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type ArtifactKind, RUNNER_PATHS } from '@errand/contracts'
import { faultWords, type GatewayClient } from './client.ts'

export interface ArtifactUpload {
  readonly name: string
  readonly kind: ArtifactKind
  readonly mediaType: string
  /** Read from its start, more than once. Stays open: the caller closes it. */
  readonly file: FileHandle
}

export type UploadAnswer =
  | { readonly kind: 'added' }
  | { readonly kind: 'refused'; readonly status: number; readonly words: string }

/** A file may be written to between being hashed and being sent, if something in the sandbox still runs. */
const HASH_ATTEMPTS = 3

/**
 * Brings one file to the gateway, over resets and restarts: sending the same again is harmless.
 * Throws `GatewayLost`, `RunOver`, and what the signal was aborted with.
 */
export async function putArtifact(
  client: GatewayClient,
  upload: ArtifactUpload,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  for (let attempt = 1; ; attempt++) {
    const { sha256, sizeBytes } = await digest(upload.file)
    const { name, kind, mediaType } = upload
    const query = new URLSearchParams({ name, kind, mediaType, sha256, sizeBytes: String(sizeBytes) })
    const answer = await client.untilAnswered({
      method: 'PUT',
      path: `${RUNNER_PATHS.artifacts}?${query.toString()}`,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
      body: () => (sizeBytes === 0 ? '' : Readable.from(chunksOf(upload.file, sizeBytes))),
      signal,
      timeoutMs: 120_000,
    })
    if (answer.status >= 200 && answer.status < 300) return { kind: 'added' }
    if (answer.status === 422 && attempt < HASH_ATTEMPTS) continue
    return { kind: 'refused', status: answer.status, words: faultWords(answer) }
  }
}

async function digest(file: FileHandle): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunksOf(file, Infinity)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sha256: hash.digest('hex'), sizeBytes }
}

const CHUNK_BYTES = 64 * 1024

/** Reads by position. A read stream would not do: the end of an iteration over it closes the file, whatever it was told. */
async function* chunksOf(file: FileHandle, sizeBytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < sizeBytes;) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - position))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
