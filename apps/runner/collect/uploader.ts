import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import type { ArtifactKind } from '@errand/contracts'
import type { Recorder } from '../events/recorder.ts'
import { putArtifact } from '../gateway/artifacts.ts'
import type { GatewayClient } from '../gateway/client.ts'

export interface ArtifactLabel {
  readonly name: string
  readonly kind: ArtifactKind
  readonly mediaType: string
}

export interface UploaderDeps {
  readonly client: GatewayClient
  readonly recorder: Recorder
  readonly maxArtifactBytes: number
  readonly signal: AbortSignal
}

/** Brings files to the gateway one after the other. One that is refused becomes a note; the others still come. */
export class Uploader {
  added = 0
  readonly #deps: UploaderDeps
  readonly #names = new Set<string>()

  constructor(deps: UploaderDeps) {
    this.#deps = deps
  }

  async putPath(path: string, label: ArtifactLabel): Promise<void> {
    const file = await open(path, 'r')
    try {
      await this.put(file, label)
    } finally {
      await file.close()
    }
  }

  /** Two artifacts never share a name: a file of the agent's that is called like one of ours gets its folder's name. */
  async put(file: FileHandle, label: ArtifactLabel): Promise<void> {
    const { client, recorder, maxArtifactBytes, signal } = this.#deps
    const name = this.#names.has(label.name) ? `artifacts/${label.name}` : label.name
    const { size } = await file.stat()
    if (size > maxArtifactBytes) {
      recorder.note(
        'warn',
        `${name} has ${megabytes(size)}; an artifact may have ${megabytes(maxArtifactBytes)}.`,
        'artifact.too-large',
      )
      return
    }
    const answer = await putArtifact(client, { ...label, name, file }, signal)
    if (answer.kind === 'added') {
      this.#names.add(name)
      this.added++
    } else if (answer.status === 413) {
      recorder.note('warn', `${name}: ${answer.words}`, 'artifact.too-large')
    } else {
      recorder.note('warn', `${name} was not taken: ${answer.words}`)
    }
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`
}
