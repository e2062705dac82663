import { describe, expect, it } from 'vitest'
import { jsonLines } from './jsonLines.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all(lines: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const read: unknown[] = []
  for await (const line of lines) read.push(line)
  return read
}

describe('lines of JSON', () => {
  const values = [{ a: 'ü→🧭' }, { b: [1, 2] }, 'c']
  const text = values.map((value) => JSON.stringify(value)).join('\n')

  it.each([1, 2, 3, 7, 1000])('come whole, though they arrive in pieces of %d bytes', async (size) => {
    expect(await all(jsonLines(inPieces(`${text}\n`, size)))).toEqual(values)
  })

  it('are nothing without their end', async () => {
    expect(await all(jsonLines(inPieces(text, 5)))).toEqual(values.slice(0, 2))
    expect(await all(jsonLines(inPieces('\n\n', 1)))).toEqual([])
  })

  it('fail where something else comes', async () => {
    await expect(all(jsonLines(inPieces('{}\n<html>\n{}\n', 4)))).rejects.toThrow(SyntaxError)
  })
})
