import { constants, type Dirent } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ArtifactKind } from '@errand/contracts'

export interface FoundFile {
  /** Path below the folder, with `/`, as text. */
  readonly name: string
  readonly path: Buffer
}

export interface FolderContents {
  readonly files: readonly FoundFile[]
  /** Links, devices and names that are left out, as a person can read them. */
  readonly unsafe: readonly string[]
}

const MAX_DEPTH = 32
const MAX_ENTRIES = 100_000
const MAX_NAME_CHARS = 1_000

/**
 * Lists the regular files of a folder that the agent wrote. Links are never followed, not even those that stay inside:
 * what a link means depends on where it is read. Names are bytes here, for a file system takes any.
 */
export async function listFolder(folder: string): Promise<FolderContents> {
  const files: FoundFile[] = []
  const unsafe: string[] = []
  let seen = 0
  async function walk(path: Buffer, prefix: string, depth: number): Promise<void> {
    for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
      if (++seen > MAX_ENTRIES) return
      const name = prefix + readableName(entry.name)
      const inner = Buffer.concat([path, Buffer.from('/'), entry.name])
      if (entry.isDirectory() && depth < MAX_DEPTH) await walk(inner, `${name}/`, depth + 1)
      else if (entry.isFile() && name.length <= MAX_NAME_CHARS) files.push({ name, path: inner })
      else unsafe.push(`${name} (${whatItIs(entry)})`)
    }
  }
  const place = await whatIsAt(folder)
  if (place === 'folder') await walk(Buffer.from(folder), '', 0)
  if (place === 'something else') unsafe.push(`${basename(folder)} (not a folder)`)
  files.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { files, unsafe }
}

/** Opens a listed file for reading, or null when it is no longer the regular file that was listed. */
export async function openRegular(path: Buffer): Promise<FileHandle | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
    return null
  } catch (error) {
    if (['ELOOP', 'ENOENT', 'EACCES', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

/** What a file in the folder is to a person: the report, structured data, or just a file. */
export function kindOf(name: string): { kind: ArtifactKind; mediaType: string } {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const mediaType = MEDIA_TYPES[extension] ?? 'application/octet-stream'
  if (name.toLowerCase() === 'report.md') return { kind: 'report', mediaType }
  return { kind: extension === 'json' ? 'json' : 'file', mediaType }
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/jsonl',
  patch: 'text/x-diff; charset=utf-8',
  diff: 'text/x-diff; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  svg: 'image/svg+xml',
  zip: 'application/zip',
  gz: 'application/gzip',
  tar: 'application/x-tar',
}

async function whatIsAt(folder: string): Promise<'folder' | 'nothing' | 'something else'> {
  try {
    return (await lstat(folder)).isDirectory() ? 'folder' : 'something else'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing'
    throw error
  }
}

/** Bytes that are not UTF-8 are shown as `\xNN`, so that two names never become one. */
function readableName(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (Buffer.from(text).equals(bytes)) return text
  return [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
}

function whatItIs(entry: Dirent<Buffer>): string {
  if (entry.isSymbolicLink()) return 'a link'
  if (entry.isFile()) return 'its name is too long'
  return entry.isDirectory() ? 'folders too deep' : 'not a regular file'
}
