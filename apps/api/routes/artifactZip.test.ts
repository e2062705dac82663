import { type Artifact, type ArtifactId, newId, type RunId } from '@errand/contracts'
import { Readable } from 'node:stream'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Actor } from '../authenticate.ts'
import { answerArtifactZip } from './artifactZip.ts'

const now = new Date('2026-01-01T00:00:00Z')
const actor = {} as Actor

function artifact(name: string, mediaType = 'text/plain'): Artifact {
  const id: ArtifactId = newId('artifact', now)
  const at = now.toISOString()
  const row = { sizeBytes: 0, sha256: '0'.repeat(64), createdAt: at, retainUntil: at }
  return { id, runId: newId('run', now), name, kind: 'file', mediaType, ...row }
}

async function zipped(artifacts: readonly Artifact[], stream: (one: Artifact) => Readable): Promise<Response> {
  const runId: RunId = newId('run', now)
  const find = (id: ArtifactId): Artifact => artifacts.find((one) => one.id === id) ?? artifact('lost')
  return answerArtifactZip(new Request(`http://here/artifacts/of/${runId}`), actor, {
    list: async () => artifacts,
    open: async (_, id) => ({ artifact: find(id), stream: async () => stream(find(id)) }),
  })
}

test('the zip holds every artifact under a name that any system takes', async () => {
  const artifacts = [artifact('report.md'), artifact('shots/a\nb.png', 'image/png'), artifact('report.md')]
  const answer = await zipped(artifacts, (one) => Readable.from([`bytes of ${one.name}`]))
  expect(unzipped(Buffer.from(await answer.arrayBuffer()))).toEqual({
    'report.md': 'bytes of report.md',
    'report (2).md': 'bytes of report.md',
    'shots/a_b.png': 'bytes of shots/a\nb.png',
  })
})

test('an artifact that cannot be read breaks the download off, so that half a zip is never taken for a whole one', async () => {
  const answer = await zipped([artifact('one'), artifact('two')], (one) => {
    if (one.name === 'two') throw new Error('gone')
    return Readable.from(['1'])
  })
  await expect(answer.arrayBuffer()).rejects.toThrow('gone')
})

test('files are opened one after another, and the open one is closed when the person goes away', async () => {
  const opened: Readable[] = []
  const artifacts = Array.from({ length: 50 }, (_, index) => artifact(`f${index}`))
  const answer = await zipped(artifacts, () => {
    const endless = new Readable({ read: () => void endless.push(Buffer.alloc(65_536, 'x')) })
    opened.push(endless)
    return endless
  })
  const reader = answer.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  expect(opened).toHaveLength(1)
  await expect.poll(() => opened[0]?.destroyed).toBe(true)
})

/** By the directory at its end, as every program reads a zip. */
function unzipped(zip: Buffer): Record<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const files: Record<string, string> = {}
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, nameLength] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(start, start + size)
    files[zip.toString('utf8', at + 46, at + 46 + nameLength)] = (
      method === 8 ? inflateRawSync(bytes) : bytes
    ).toString()
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}
