import { type Artifact, Fault, idSchema, type RunId } from '@errand/contracts'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { Actor } from '../authenticate.ts'
import type { OpenArtifact } from './artifact.ts'
import { zipNames } from './zipNames.ts'

export type ListArtifacts = (actor: Actor, runId: RunId) => Promise<readonly Artifact[]>

/**
 * GET /artifacts/of/:runId: everything that a run left, as one zip that is made while it is sent. A file is opened when
 * its turn comes, so memory and open files stay the same however much there is.
 */
export async function answerArtifactZip(
  request: Request,
  actor: Actor,
  deps: { readonly list: ListArtifacts; readonly open: OpenArtifact },
): Promise<Response> {
  const runId = idSchema('run').safeParse(new URL(request.url).pathname.split('/').at(-1))
  if (!runId.success) throw new Fault('run.unknown')
  const artifacts = await deps.list(actor, runId.data)
  const headers = {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="errand-${runId.data}.zip"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const zip = zipOf(artifacts, async (artifact) => (await deps.open(actor, artifact.id)).stream())
  return new Response(Readable.toWeb(zip) as unknown as ReadableStream, { headers })
}

function zipOf(artifacts: readonly Artifact[], open: (artifact: Artifact) => Promise<Readable>): Readable {
  const zip = new ZipFile()
  const out = zip.outputStream as Readable
  let current: Readable | undefined
  // A zip that breaks off has no directory at its end: nobody takes it for a whole one.
  zip.on('error', (error: Error) => out.destroy(error))
  out.on('close', () => current?.destroy())
  const names = zipNames(artifacts.map(({ name }) => name))
  artifacts.forEach((artifact, index) => {
    const options = { mtime: new Date(artifact.createdAt), compress: isWorthIt(artifact) }
    zip.addReadStreamLazy(names[index] ?? artifact.id, options, (give) => {
      open(artifact).then(
        (stream) => {
          current = stream
          stream.on('error', (error) => out.destroy(error))
          if (out.destroyed) stream.destroy()
          else give(null, stream)
        },
        (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
      )
    })
  })
  zip.end()
  return out
}

/** What is compressed already only costs time. */
function isWorthIt({ mediaType }: Artifact): boolean {
  return !/^(image\/(?!svg)|video\/|audio\/|application\/(zip|gzip|pdf))/.test(mediaType)
}
