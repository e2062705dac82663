import { createHash } from 'node:crypto'
import { readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { type Blobs, openBlobs, openBlobStore } from '@errand/store'
import { startS3Server, testFolder, until } from '@errand/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { onSmallDisk } from './onSmallDisk.ts'

const root = await testFolder('blobs')
const volume = await openBlobs(root)
/** A program that serves S3 (versitygw), which CI builds: what a folder promises, a bucket has to promise too. */
const S3 = process.env['ERRAND_TEST_S3_SERVER'] ?? ''
const MANY = 1_000_000

const sha256Of = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
const streamOf = (...chunks: readonly (string | Buffer)[]): Readable => Readable.from(chunks.map((c) => Buffer.from(c)))

describe('blobs in a folder', () => keepTheirPromises(root, volume))

if (S3 === '') process.stdout.write('blobs on S3 NOT TESTED: ERRAND_TEST_S3_SERVER names no server\n')
else await onS3(S3)

async function onS3(path: string): Promise<void> {
  const server = await startS3Server({ path, folder: await testFolder('s3') })
  Object.assign(process.env, server.env)
  const folder = await testFolder('s3-drafts')
  const blobs = await openBlobStore({ folder, url: server.url })
  describe('blobs on S3', () => {
    afterAll(() => server.stop())
    keepTheirPromises(folder, blobs)

    it('are taken whole when they are large, and seen by every process', async () => {
      const chunk = Buffer.alloc(2 ** 20, 'errand')
      const { sha256, sizeBytes } = await blobs.put(streamOf(...Array.from({ length: 48 }, () => chunk)), {
        maxBytes: 1e8,
      })
      expect(sizeBytes).toBe(48 * 2 ** 20)
      const other = await openBlobStore({ folder: await testFolder('s3-other'), url: server.url })
      expect(sha256Of(await buffer(await other.open(sha256)))).toBe(sha256)
    })

    it('say that the store does not answer or has no such bucket, and keep nothing half-made', async () => {
      const elsewhere = await openBlobStore({ folder, url: server.url.replace('s3://errand', 's3://other') })
      await expect(elsewhere.put(streamOf('x'), { maxBytes: 1 })).rejects.toMatchObject({
        code: 'storage.unreachable',
        detail: expect.stringContaining('NoSuchBucket'),
      })
      await server.stop()
      await expect(blobs.put(streamOf('x'), { maxBytes: 1 })).rejects.toMatchObject({ code: 'storage.unreachable' })
      await expect(blobs.open(sha256Of('x'))).rejects.toMatchObject({ code: 'storage.unreachable' })
      expect(await readdir(join(folder, 'unfinished'))).toEqual([])
    })
  })
}

describe('an address of a store', () => {
  it('with a word that nobody knows is refused, naming it', async () => {
    await expect(openBlobStore({ folder: root, url: 's3://b?regoin=x' })).rejects.toThrow(/regoin.*region and endpoint/)
  })
})

/** `root`: where what is being received lies. */
function keepTheirPromises(root: string, blobs: Blobs): void {
  const unfinished = (): Promise<string[]> => readdir(join(root, 'unfinished'))

  it('give back what was put, whole or in part, under its hash', async () => {
    const bytes = Buffer.alloc(300_000, 'abc')
    const blob = await blobs.put(streamOf(bytes), { maxBytes: MANY })
    expect(blob).toEqual({ sha256: sha256Of(bytes), sizeBytes: 300_000 })
    expect(await buffer(await blobs.open(blob.sha256))).toEqual(bytes)
    expect(await text(await blobs.open(blob.sha256, { range: { start: 1, end: 3 } }))).toBe('bca')
  })

  it('take the same bytes again', async () => {
    const options = { sha256: sha256Of('twice'), sizeBytes: 5, maxBytes: 5 }
    await blobs.put(streamOf('twice'), options)
    await blobs.put(streamOf('tw', 'ice'), options)
    expect(await text(await blobs.open(options.sha256))).toBe('twice')
  })

  const refused = {
    'announced too large': { bytes: 'x', options: { sizeBytes: 11, maxBytes: 10 }, code: 'artifact.too-large' },
    'larger than announced': {
      bytes: 'x'.repeat(11),
      options: { sizeBytes: 1, maxBytes: 10 },
      code: 'artifact.too-large',
    },
    'of another size': { bytes: 'xy', options: { sizeBytes: 1, maxBytes: 10 }, code: 'artifact.hash-mismatch' },
    'of another hash': { bytes: 'x', options: { sha256: sha256Of('y'), maxBytes: 10 }, code: 'artifact.hash-mismatch' },
  }
  for (const [title, { bytes, options, code }] of Object.entries(refused)) {
    it(`refuse what is ${title} and keep nothing of it`, async () => {
      await expect(blobs.put(streamOf(bytes), options)).rejects.toMatchObject({ code })
      expect(await blobs.has(sha256Of(bytes))).toBe(false)
      expect(await unfinished()).toEqual([])
    })
  }

  it('keep nothing of a sender that hangs up', async () => {
    const body = new Readable({
      read() {
        this.push('half')
        this.destroy(new Error('gone'))
      },
    })
    await expect(blobs.put(body, { maxBytes: MANY })).rejects.toThrow('gone')
    expect(await unfinished()).toEqual([])
  })

  it('name nothing outside their folder', async () => {
    await expect(blobs.open('../../etc/passwd')).rejects.toMatchObject({ code: 'artifact.unknown' })
    await expect(blobs.open(sha256Of('never put'))).rejects.toMatchObject({ code: 'artifact.unknown' })
  })

  it('are deleted, unless somebody has just put them again', async () => {
    const { sha256 } = await blobs.put(streamOf('short-lived'), { maxBytes: MANY })
    expect(await blobs.delete(sha256, { putBefore: new Date(Date.now() - 60_000) })).toBe(false)
    expect(await blobs.delete(sha256)).toBe(true)
    expect(await blobs.delete(sha256)).toBe(false)
    expect(await blobs.has(sha256)).toBe(false)
  })

  it('are swept of what a killed process left, not of what is being written', async () => {
    const stuck = new Readable({ read: () => undefined })
    stuck.push('waiting')
    const put = blobs.put(stuck, { maxBytes: MANY })
    // Its first bytes are there: no later write makes it young again.
    const name = await until(async () => {
      const [draft] = await unfinished()
      return draft !== undefined && (await stat(join(root, 'unfinished', draft))).size > 0 && draft
    })
    expect(await blobs.sweep(new Date(Date.now() - 3_600_000))).toBe(0)
    await utimes(join(root, 'unfinished', name), 0, 0)
    expect(await blobs.sweep(new Date(Date.now() - 3_600_000))).toBe(1)
    stuck.destroy(new Error('over'))
    await expect(put).rejects.toThrow('over')
  })
}

describe('blobs in a folder of a small disk', () => {
  it('say that the disk is full, and leave nothing half-made', async () => {
    const script = `
      import { openBlobs } from '@errand/store'
      import { Readable } from 'node:stream'
      import { readdirSync } from 'node:fs'
      const blobs = await openBlobs(process.argv[1] + '/blobs')
      const body = Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536)))
      const code = await blobs.put(body, { maxBytes: 1e9 }).catch((error) => error.code)
      console.log(JSON.stringify({ code, left: readdirSync(process.argv[1] + '/blobs/unfinished') }))`
    expect(await onSmallDisk({ sizeMib: 1, script })).toEqual({ code: 'storage.full', left: [] })
  })
})
