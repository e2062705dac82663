import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { parseObject } from './parseObject.ts'

/**
 * Gives `take` each object of a stream with one a line, as it comes, and resolves at the end. What comes after the last line end was
 * cut off and is nothing. Rejects with what the stream, the parser or `take` throws, and reads no further.
 */
export async function readJsonLines(stream: Readable, take: (object: unknown) => void): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  // Not `for await`: that goes round the loop several times for each chunk, and most are a single line.
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    try {
      for (const line of lines) if (line.trim() !== '') take(parseObject(line))
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })
  await finished(stream, { writable: false })
}
