import type { ArtifactView } from './useArtifacts.ts'

export type Preview = 'markdown' | 'table' | 'json' | 'image' | 'video' | 'page' | 'log' | 'text'

const BY_ENDING: Readonly<Record<string, Preview>> = {
  md: 'markdown',
  markdown: 'markdown',
  csv: 'table',
  tsv: 'table',
  json: 'json',
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
  avif: 'image',
  svg: 'image',
  mp4: 'video',
  webm: 'video',
  html: 'page',
  htm: 'page',
  log: 'log',
  jsonl: 'log',
}

/** What the whole of it is read for; longer ones are shown as text, a piece at a time. */
const WHOLE_BYTES: Readonly<Partial<Record<Preview, number>>> = {
  markdown: 1_048_576,
  table: 8_388_608,
  json: 4_194_304,
}

/** How an artifact is looked at; null where there is only the download. */
export function previewOf({
  kind,
  name,
  mediaType,
  sizeBytes,
}: Pick<ArtifactView, 'kind' | 'name' | 'mediaType' | 'sizeBytes'>): Preview | null {
  if (sizeBytes === 0) return null
  const preview = byType({ kind, name, mediaType })
  if (preview === null) return null
  return sizeBytes > (WHOLE_BYTES[preview] ?? Infinity) ? 'text' : preview
}

function byType({ kind, name, mediaType }: Pick<ArtifactView, 'kind' | 'name' | 'mediaType'>): Preview | null {
  if (kind === 'log') return 'log'
  if (kind === 'patch') return 'text'
  const known = BY_ENDING[endingOf(name)]
  // A page needs its type, or the route that shows it would refuse it.
  if (known === 'page') return mediaType.startsWith('text/html') ? 'page' : 'text'
  if (known !== undefined) return known
  if (kind === 'json' || kind === 'branch' || kind === 'pull-request') return 'json'
  return mediaType.startsWith('text/') ? 'text' : null
}

/** What it is called in the list. */
export function typeWords(artifact: Pick<ArtifactView, 'kind' | 'name' | 'mediaType' | 'sizeBytes'>): string {
  if (artifact.kind !== 'file' && artifact.kind !== 'json') return KIND_WORDS[artifact.kind]
  const preview = byType(artifact)
  const ending = endingOf(artifact.name)
  if (preview !== null && preview !== 'text') return PREVIEW_WORDS[preview]
  return ending === '' ? 'File' : `File, ${ending}`
}

const KIND_WORDS = {
  patch: 'Patch',
  branch: 'Branch',
  'pull-request': 'Pull request',
  report: 'Report',
  log: 'Log',
} as const

const PREVIEW_WORDS: Readonly<Record<Exclude<Preview, 'text'>, string>> = {
  markdown: 'Markdown',
  table: 'Table',
  json: 'JSON',
  image: 'Image',
  video: 'Video',
  page: 'Web page',
  log: 'Log',
}

export function endingOf(name: string): string {
  return /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}
