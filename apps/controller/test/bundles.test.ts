import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Bundles } from '../mcp/machine/bundles.ts'

test('a bundle that nobody uses is deleted; one that is in use, or has just come, stays', async () => {
  const root = await mkdtemp(join(tmpdir(), 'errand-bundles-'))
  const [used, unused] = ['a'.repeat(64), 'b'.repeat(64)]
  for (const name of [used, unused, '.names']) await mkdir(join(root, name))
  const bundles = new Bundles(root)
  await bundles.sweep({ used: [used], before: new Date(0) })
  expect((await readdir(root)).length).toBe(3)
  await bundles.sweep({ used: [used], before: new Date(Date.now() + 60_000) })
  expect((await readdir(root)).toSorted()).toEqual(['.names', used])
  await rm(root, { recursive: true })
})
