import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '@errand/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { importImage } from '../image/importImage.ts'
import { writeImage } from '../image/ociImage.ts'
import { type TarEntry, walkFolder, writeTar } from '../image/tarFile.ts'

const run = promisify(execFile)
let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  const made = await temporaryFolder('errand-image')
  folder = made.path
  remove = made.remove
})
afterEach(() => remove())

describe('a layer', () => {
  test('has the same hash for the same content, whenever its files were made', async () => {
    const hashes = new Set<string>()
    for (const [index, year] of [2020, 2026].entries()) {
      const source = join(folder, `source-${index}`)
      await mkdir(join(source, 'deep'), { recursive: true })
      for (const name of year === 2020 ? ['b', 'a', 'deep/c'] : ['deep/c', 'a', 'b']) {
        await writeFile(join(source, name), `content of ${name}`)
        await utimes(join(source, name), new Date(year, 1), new Date(year, 1))
      }
      await chmod(join(source, 'a'), year === 2020 ? 0o700 : 0o775)
      await symlink('../a', join(source, 'deep/link'))
      const { sha256, path } = await writeTar(join(folder, `${index}.tar`), walkFolder(source, 'app'))
      hashes.add(sha256)
      expect(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ).toBe(sha256)
    }
    expect(hashes.size).toBe(1)
  })

  test('keeps mode, owner and long names', async () => {
    const long = `${'long/'.repeat(40)}name`
    const entries: TarEntry[] = [
      { kind: 'folder', path: 'home', mode: 0o700, uid: 10_001, gid: 10_001 },
      { kind: 'file', path: 'bin/node', from: process.execPath, mode: 0o751, gid: 10_002 },
      { kind: 'text', path: long, text: 'ü' },
    ]
    const { path } = await writeTar(join(folder, 'layer.tar'), entries)
    const { stdout } = await run('tar', ['--numeric-owner', '-tvf', path])
    expect(stdout).toMatch(/^drwx------ 10001\/10001 .* home\/$/m)
    expect(stdout).toMatch(/^-rwxr-x--x 0\/10002 .* bin\/node$/m)
    expect(stdout).toContain(long)
    await run('tar', ['-xf', path, '-C', folder, long])
    expect(await readFile(join(folder, long), 'utf8')).toBe('ü')
  })

  test('says which file is missing, and ends', async () => {
    const entries: TarEntry[] = [{ kind: 'file', path: 'a', from: join(folder, 'missing'), mode: 0o644 }]
    await expect(writeTar(join(folder, 'layer.tar'), entries)).rejects.toThrow(/missing/)
  })
})

describe('an image', () => {
  async function make(text: string) {
    const layer = await writeTar(join(folder, 'layer.tar'), [{ kind: 'text', path: 'a', text }])
    return writeImage({
      name: 'localhost/errand-test',
      layers: [layer],
      config: { User: '10001:10001' },
      architecture: 'amd64',
      file: join(folder, 'image.tar'),
    })
  }

  test('is named after its content', async () => {
    const [first, same, other] = [await make('one'), await make('one'), await make('two')]
    expect(same.reference).toBe(first.reference)
    expect(other.reference).not.toBe(first.reference)
    expect(first.reference).toBe(`localhost/errand-test:${first.digest.slice('sha256:'.length, 19)}`)
  })

  test('is an OCI layout in which every address is the hash of what lies there', async () => {
    const { file, digest, reference } = await make('one')
    await run('tar', ['-xf', file, '-C', folder])
    const blob = async (address: string) => {
      const bytes = await readFile(join(folder, 'blobs/sha256', address.replace('sha256:', '')))
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(address)
      return bytes
    }
    const read = async (address: string) => JSON.parse((await blob(address)).toString())
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
    expect(index.manifests).toMatchObject([{ digest, annotations: { 'io.containerd.image.name': reference } }])
    const manifest = await read(digest)
    const config = await read(manifest.config.digest)
    expect(config).toMatchObject({ architecture: 'amd64', os: 'linux', config: { User: '10001:10001' } })
    expect(manifest.layers.map((layer: { digest: string }) => layer.digest)).toEqual(config.rootfs.diff_ids)
    for (const { digest: address, size } of manifest.layers) expect((await blob(address)).length).toBe(size)
  })
})

describe('handing an image to a node', () => {
  test('gives the command the tar, and its path', async () => {
    const [file, seen] = [join(folder, 'image.tar'), join(folder, 'seen')]
    await writeFile(file, 'bytes')
    await importImage({ file }, `{ cat; echo " $1"; } > ${seen}`)
    expect(await readFile(seen, 'utf8')).toBe(`bytes ${file}\n`)
  })

  test('says what the command said when it fails', async () => {
    const file = join(folder, 'image.tar')
    await writeFile(file, 'bytes')
    await expect(importImage({ file }, 'echo no such namespace >&2; exit 3')).rejects.toThrow(
      /ended with 3: no such namespace/,
    )
  })
})
