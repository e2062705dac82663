import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { type ArtifactKind, RUNNER_PATHS } from '@errand/contracts'
import { faultWords, type GatewayClient } from './client.ts'

export interface ArtifactUpload {
  readonly name: string
  readonly kind: ArtifactKind
  readonly mediaType: string
  /** Read from its start, more than once. Stays open: the caller closes it. */
  readonly file: FileHandle
}

export type UploadAnswer = { readonly kind: 'added' } | { readonly kind: 'refused'; readonly status: number; readonly words: string }

/** A file may be written to between being hashed and being sent, if something in the sandbox still runs. */
const HASH_ATTEMPTS = 3

/**
 * Brings one file to the gateway, over resets and restarts: sending the same again is harmless.
 * Throws `GatewayLost`, `RunOver`, and what the signal was aborted with.
 */
export async function putArtifact(client: GatewayClient, upload: ArtifactUpload, signal: AbortSignal): Promise<UploadAnswer> {
  for (let attempt = 1; ; attempt++) {
    const { sha256, sizeBytes } = await digest(upload.file)
    const { name, kind, mediaType } = upload
    const query = new URLSearchParams({ name, kind, mediaType, sha256, sizeBytes: String(sizeBytes) })
    const answer = await client.untilAnswered({
      method: 'PUT',
      path: `${RUNNER_PATHS.artifacts}?${query.toString()}`,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
      body: () => (sizeBytes === 0 ? '' : upload.file.createReadStream({ start: 0, end: sizeBytes - 1, autoClose: false })),
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
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sha256: hash.digest('hex'), sizeBytes }
}
