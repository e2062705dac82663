import { createWriteStream } from 'node:fs'
import { link, lstat, mkdir, readlink, symlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from 'modern-tar'
import { kindOf, type RootFolder } from './rootFolder.ts'

/** What all layers of an image together may be. */
export interface Allowance {
  bytes: number
  entries: number
}

export const allowance = (): Allowance => ({ bytes: 8 * 2 ** 30, entries: 500_000 })

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/**
 * Puts one layer over what is there. First what it takes away of the layers below, then its own: files, folders and
 * links, as anybody's and without set-uid bits; devices and pipes are left out. `open` gives the tar, as often as asked.
 */
export async function applyLayer(root: RootFolder, open: () => Readable, left: Allowance): Promise<void> {
  for await (const { header, body } of entriesOf(open())) {
    await body.cancel()
    await takeAway(root, header)
  }
  for await (const entry of entriesOf(open())) {
    left.entries--
    left.bytes -= entry.header.size
    if (left.entries < 0 || left.bytes < 0) throw new Error('the image is larger than 8 GiB or 500,000 files')
    await put(root, entry)
  }
}

async function* entriesOf(tar: Readable): AsyncGenerator<ParsedTarEntry> {
  const entries = Readable.toWeb(tar).pipeThrough(createTarDecoder({ strict: true }))
  for await (const entry of entries as unknown as AsyncIterable<ParsedTarEntry>) yield entry
}

async function takeAway(root: RootFolder, { name }: TarHeader): Promise<void> {
  const [folder, base] = split(name)
  if (!base.startsWith(WHITEOUT)) return
  if (base === OPAQUE) return await root.empty(folder)
  const gone = base.slice(WHITEOUT.length)
  // Others that begin so are an old driver's own notes.
  if (!gone.startsWith(WHITEOUT) && gone !== '') await root.clear(`${folder}/${gone}`)
}

async function put(root: RootFolder, { header, body }: ParsedTarEntry): Promise<void> {
  const { name, type = 'file', linkname = '', mode = 0o644 } = header
  const isOurs = !split(name)[1].startsWith(WHITEOUT)
  if (type === 'file' && isOurs) {
    const place = await root.clear(name)
    if (place === null) throw new Error('the root of the image is a file')
    // Who reads it later is somebody else; who writes it is nobody.
    const file = createWriteStream(place, { flags: 'wx', mode: (mode & 0o777) | 0o600 })
    return await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), file)
  }
  await body.cancel()
  if (!isOurs) return
  if (type === 'directory') await putFolder(root, name)
  else if (type === 'symlink') {
    const place = await root.clear(name)
    if (place !== null) await symlink(linkname, place)
  } else if (type === 'link') await putLink(root, name, linkname)
}

async function putFolder(root: RootFolder, name: string): Promise<void> {
  const place = await root.place(name)
  if (place === null || (await kindOf(place)) === 'folder') return
  await root.clear(name)
  await mkdir(place)
}

/** A second name for a file of the image. */
async function putLink(root: RootFolder, name: string, linkname: string): Promise<void> {
  const from = await root.place(linkname)
  if (from === null) throw new Error(`a link of the image leads to its root: ${name}`)
  const stats = await lstat(from).catch(() => null)
  if (stats === null || stats.isDirectory()) throw new Error(`a link of the image leads to no file: ${name}`)
  if ((await root.place(name)) === from) return
  const place = await root.clear(name)
  if (place === null) return
  if (stats.isSymbolicLink()) await symlink(await readlink(from), place)
  else await link(from, place)
}

function split(name: string): readonly [string, string] {
  const bare = name.replace(/\/+$/, '')
  const at = bare.lastIndexOf('/')
  return at < 0 ? ['', bare] : [bare.slice(0, at), bare.slice(at + 1)]
}
