import { type Artifact, type ArtifactId, Fault, idSchema } from '@errand/contracts'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { Actor } from '../authenticate.ts'
import { type ByteRange, parseRange } from '../range.ts'

export interface OpenedArtifact {
  readonly artifact: Artifact
  /** `end` is inclusive. */
  stream(range?: ByteRange): Promise<Readable>
}

export type OpenArtifact = (actor: Actor, id: ArtifactId) => Promise<OpenedArtifact>

/**
 * GET /artifacts/:id. The bytes came out of a sandbox, so they are a download and nothing else: never sniffed, never
 * shown in this origin, and sandboxed should a browser show them all the same. They never change, so the hash is the tag.
 */
export async function answerArtifact(request: Request, actor: Actor, open: OpenArtifact): Promise<Response> {
  const id = idSchema('artifact').safeParse(new URL(request.url).pathname.split('/').at(-1))
  if (!id.success) throw new Fault('artifact.unknown')
  const opened = await open(actor, id.data)
  return answerBytes(request, opened, headersOf(opened.artifact))
}

/**
 * GET /artifacts/:id/view: a page that a run made, for a sandboxed frame of ours. It runs no script, has no origin, loads
 * nothing and submits nothing, so it can neither ask the API anything nor tell anybody what it says.
 */
export async function answerArtifactPage(request: Request, actor: Actor, open: OpenArtifact): Promise<Response> {
  const id = idSchema('artifact').safeParse(new URL(request.url).pathname.split('/').at(-2))
  if (!id.success) throw new Fault('artifact.unknown')
  const opened = await open(actor, id.data)
  if (!/^text\/html\b/.test(opened.artifact.mediaType)) throw new Fault('artifact.unknown', 'It is no page.')
  return answerBytes(request, opened, {
    ...headersOf(opened.artifact),
    'content-disposition': 'inline',
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
  })
}

const PAGE_POLICY = [
  'sandbox',
  `default-src 'none'`,
  `style-src 'unsafe-inline'`,
  'img-src data:',
  'font-src data:',
  'media-src data:',
  `form-action 'none'`,
  `base-uri 'none'`,
  `frame-ancestors 'self'`,
].join('; ')

async function answerBytes(
  request: Request,
  opened: OpenedArtifact,
  headers: Record<string, string>,
): Promise<Response> {
  const { sha256, sizeBytes } = opened.artifact
  if (request.headers.get('if-none-match')?.includes(sha256)) return new Response(null, { status: 304, headers })
  // A client that continues a download of something else gets the whole of this one.
  const isOther = request.headers.has('if-range') && request.headers.get('if-range') !== headers['etag']
  const range = isOther ? null : parseRange(request.headers.get('range') ?? undefined, sizeBytes)
  if (range === 'unsatisfiable')
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${sizeBytes}` } })
  const length = range === null ? sizeBytes : range.end - range.start + 1
  const all = {
    ...headers,
    'content-length': String(length),
    ...(range === null ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` }),
  }
  const body = request.method === 'HEAD' ? null : await bodyOf(opened, range)
  return new Response(body, { status: range === null ? 200 : 206, headers: all })
}

async function bodyOf(opened: OpenedArtifact, range: ByteRange | null): Promise<ReadableStream> {
  const stream = range === null ? await opened.stream() : await opened.stream(range)
  return Readable.toWeb(stream) as unknown as ReadableStream
}

function headersOf(artifact: Artifact): Record<string, string> {
  return {
    'content-type': /^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w-]+)*$/.test(artifact.mediaType)
      ? artifact.mediaType
      : 'application/octet-stream',
    'content-disposition': `attachment; filename="${asciiName(artifact.name)}"; filename*=UTF-8''${encodedName(artifact.name)}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
    etag: `"${artifact.sha256}"`,
  }
}

function asciiName(name: string): string {
  return basename(name).replace(/[^\w.+-]/g, '_')
}

/** RFC 8187: what encodeURIComponent leaves but the header's grammar does not allow. */
function encodedName(name: string): string {
  return encodeURIComponent(basename(name)).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
