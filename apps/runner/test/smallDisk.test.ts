import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'

let run: RunnerAtWork | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

test('a run whose disk is too small for what it is given says so, with what found no room', async () => {
  const bytes = Buffer.alloc(4 * 2 ** 20, 'x')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  run = await startRunner({
    spec: aSpec({ inputs: [{ name: 'large.bin', sha256, sizeBytes: bytes.length }] }),
    inputs: new Map([[sha256, bytes]]),
    diskMib: 2,
  })
  expect(await lastWord(run)).toMatchObject({
    status: 'failed',
    code: 'sandbox.disk-full',
    detail: 'No room for the input large.bin.',
  })
})
