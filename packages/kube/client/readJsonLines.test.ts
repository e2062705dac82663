import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readJsonLines } from './readJsonLines.ts'

function inPieces(text: string, size: number): Readable {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  return Readable.from(pieces)
}

async function all(stream: Readable): Promise<readonly unknown[]> {
  const read: unknown[] = []
  await readJsonLines(stream, (object) => read.push(object))
  return read
}

describe('lines of JSON', () => {
  const values = [{ a: 'ü→🧭' }, { b: [1, 2] }, 'c']
  const text = values.map((value) => JSON.stringify(value)).join('\n')

  it.each([1, 2, 3, 7, 1000])('come whole, though they arrive in pieces of %d bytes', async (size) => {
    expect(await all(inPieces(`${text}\n`, size))).toEqual(values)
  })

  it('are nothing without their end', async () => {
    expect(await all(inPieces(text, 5))).toEqual(values.slice(0, 2))
    expect(await all(inPieces('\n\n', 1))).toEqual([])
  })

  it('fail where something else comes', async () => {
    await expect(all(inPieces('{}\n<html>\n{}\n', 4))).rejects.toThrow(SyntaxError)
  })

  it('are read no further than to one that cannot be taken', async () => {
    const taken: unknown[] = []
    const reading = readJsonLines(inPieces('1\n2\n3\n', 100), (object) => {
      taken.push(object)
      if (object === 2) throw new Error('not that')
    })
    await expect(reading).rejects.toThrow('not that')
    expect(taken).toEqual([1, 2])
  })
})
