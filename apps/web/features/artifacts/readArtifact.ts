import type { ArtifactView } from './useArtifacts.ts'

export function artifactUrl({ id }: Pick<ArtifactView, 'id'>): string {
  return `/artifacts/${id}`
}

/** The first bytes of it as text; the whole when it is no longer than that. */
export function readHead(artifact: ArtifactView, bytes: number): Promise<string> {
  return artifact.sizeBytes <= bytes ? readText(artifact) : readText(artifact, `bytes=0-${bytes - 1}`)
}

/** Its last bytes as text, from the first line that is whole. */
export async function readTail(artifact: ArtifactView, bytes: number): Promise<string> {
  if (artifact.sizeBytes <= bytes) return readText(artifact)
  const text = await readText(artifact, `bytes=-${bytes}`)
  return text.slice(text.indexOf('\n') + 1)
}

async function readText(artifact: ArtifactView, range?: string): Promise<string> {
  const answer = await fetch(artifactUrl(artifact), range === undefined ? {} : { headers: { range } })
  if (!answer.ok) throw new Error(`${artifact.id} answered ${answer.status}`)
  // What is cut in the middle of a character, or is no text at all, shows as replacement characters.
  return new TextDecoder().decode(await answer.arrayBuffer())
}
