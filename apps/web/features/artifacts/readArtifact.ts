import { faultOfWire } from '../../trpc/fault.ts'
import type { ArtifactView } from './useArtifacts.ts'

type Readable = Pick<ArtifactView, 'id' | 'sizeBytes'>

/** Its bytes, for good: an id is never used twice. */
export function artifactUrl({ id }: Pick<ArtifactView, 'id'>): string {
  return `/artifacts/${id}`
}

/** Everything that a run left, as one zip. */
export function zipUrl(runId: string): string {
  return `/artifacts/of/${runId}`
}

/** The first bytes of it as text; the whole when it is no longer than that. */
export async function readHead(artifact: Readable, bytes: number): Promise<string> {
  return (await readPiece(artifact, { from: 0, bytes })).text
}

/** Its last bytes as text, from the first line that is whole. */
export async function readTail(artifact: Readable, bytes: number): Promise<string> {
  if (artifact.sizeBytes <= bytes) return textOf(await readBytes(artifact, null))
  const text = textOf(await readBytes(artifact, `bytes=-${bytes}`))
  return text.slice(text.indexOf('\n') + 1)
}

export interface Piece {
  readonly text: string
  /** Where the next piece begins; null at the end. */
  readonly next: number | null
}

const LINE_FEED = 10

/** A piece of it that ends with a whole line, so that no character is cut; a line longer than the piece is cut all the same. */
export async function readPiece(artifact: Readable, { from, bytes }: { from: number; bytes: number }): Promise<Piece> {
  const isRest = from + bytes >= artifact.sizeBytes
  const isWhole = isRest && from === 0
  const read = new Uint8Array(await readBytes(artifact, isWhole ? null : `bytes=${from}-${from + bytes - 1}`))
  if (isRest) return { text: textOf(read), next: null }
  const end = read.lastIndexOf(LINE_FEED) + 1 || read.length
  return { text: textOf(read.subarray(0, end)), next: from + end }
}

async function readBytes(artifact: Readable, range: string | null): Promise<ArrayBuffer> {
  const answer = await fetch(artifactUrl(artifact), range === null ? {} : { headers: { range } })
  if (answer.ok) return answer.arrayBuffer()
  const fault = faultOfWire(await answer.json().catch(() => null))
  throw Object.assign(new Error(`${artifact.id} answered ${answer.status}`), fault === null ? {} : { data: { fault } })
}

/** What is no text at all shows as replacement characters. */
function textOf(bytes: ArrayBuffer | Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
