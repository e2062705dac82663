import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { packTar, type TarEntry } from 'modern-tar'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allowance, applyLayer } from '../install/layers.ts'
import { RootFolder } from '../install/rootFolder.ts'

let folder: string
let root: RootFolder
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'errand-layers-'))
  await mkdir(join(folder, 'root'))
  await writeFile(join(folder, 'outside'), 'untouched')
  root = new RootFolder(join(folder, 'root'))
})
afterEach(() => rm(folder, { recursive: true }))

const file = (name: string, body = name, mode = 0o644): TarEntry => ({
  header: { name, size: body.length, mode },
  body,
})
const folderOf = (name: string): TarEntry => ({ header: { name: `${name}/`, size: 0, type: 'directory' } })
const link = (name: string, linkname: string, type: 'symlink' | 'link' = 'symlink'): TarEntry => ({
  header: { name, size: 0, type, linkname },
})
const apply = async (...entries: TarEntry[]): Promise<void> => {
  const tar = Buffer.from(await packTar(entries))
  await applyLayer(root, () => Readable.from([tar]), allowance())
}
const at = (...parts: string[]): string => join(root.path, ...parts)

test('layers lie upon each other: what is taken away is gone, what replaces something is there', async () => {
  await apply(
    folderOf('etc'),
    file('etc/old'),
    file('etc/kept'),
    file('lib/a'),
    file('lib/b'),
    file('bin/tool', 'one', 0o755),
  )
  await apply(file('etc/.wh.old', ''), file('lib/.wh..wh..opq', ''), file('lib/c'), file('bin/tool', 'two', 0o755))
  expect(await readdir(at('etc'))).toEqual(['kept'])
  expect(await readdir(at('lib'))).toEqual(['c'])
  expect(await readFile(at('bin/tool'), 'utf8')).toBe('two')
  // A file becomes a folder, and a folder a link.
  await apply(file('etc/kept/inner'), link('lib', 'usr/lib'))
    .then(() => 'taken')
    .catch(String)
  await apply(file('etc/.wh.kept', ''), folderOf('usr/lib'), link('lib', 'usr/lib'), file('lib/d'))
  expect(await readFile(at('usr/lib/d'), 'utf8')).toBe('lib/d')
})

test('set-uid bits and devices are left out; whatever there is can be read later', async () => {
  const device: TarEntry = { header: { name: 'dev/sda', size: 0, type: 'block-device' } }
  await apply(file('bin/su', 'x', 0o6755), file('secret', 'x', 0o000), device, link('bin/also', 'bin/su', 'link'))
  expect((await stat(at('bin/su'))).mode & 0o7777).toBe(0o755)
  expect((await stat(at('secret'))).mode & 0o600).toBe(0o600)
  expect((await stat(at('bin/also'))).ino).toBe((await stat(at('bin/su'))).ino)
  await expect(lstat(at('dev/sda'))).rejects.toThrow('ENOENT')
})

test.each([
  ['a path that climbs', () => [file('../outside', 'gone')]],
  ['a path that climbs in its middle', () => [file('a/../../outside', 'gone')]],
  ['a whiteout that climbs', () => [file('../.wh.outside', '')]],
  ['a hard link to what is outside', () => [link('here', '../outside', 'link'), file('here', 'gone')]],
  ['a hard link through a link', () => [link('up', '../..'), link('here', 'up/outside', 'link')]],
  ['links in a circle', () => [link('a', 'b'), link('b', 'a'), file('a/x')]],
])('%s is refused', async (_what, entries) => {
  await expect(apply(...entries())).rejects.toThrow(/leads out|leads to no file|lead in a circle/)
  expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('untouched')
  expect((await readdir(folder)).toSorted()).toEqual(['outside', 'root'])
})

test('links that lead out lead within, as they would in the image', async () => {
  await apply(
    link('absolute', folder),
    file('absolute/written'),
    link('climbing', '../../../..'),
    file('climbing/also'),
  )
  expect(await readFile(at(folder, 'written'), 'utf8')).toBe('absolute/written')
  expect(await readFile(at('also'), 'utf8')).toBe('climbing/also')
  // A file takes the place of a link, it does not go through it.
  await apply(link('passwd', '../outside'), file('passwd', 'own'))
  expect(await readFile(at('passwd'), 'utf8')).toBe('own')
  expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('untouched')
  // Where something will be mounted there are folders, whatever the image says.
  await apply(link('tmp', folder), link('home', '/etc'))
  await root.ensureFolder('tmp')
  await root.ensureFolder('home/agent')
  expect((await lstat(at('tmp'))).isDirectory()).toBe(true)
  expect((await lstat(at('home'))).isDirectory()).toBe(true)
  expect(await readlink(at('absolute'))).toBe(folder)
})

test('an image that is larger than it may be is given up', async () => {
  const tar = Buffer.from(await packTar([file('a', 'x'.repeat(1000)), file('b', 'x'.repeat(1000))]))
  await expect(applyLayer(root, () => Readable.from([tar]), { bytes: 1500, entries: 9 })).rejects.toThrow('larger')
})
