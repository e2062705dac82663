import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'

const MAX_LINE_CHARS = 64 * 1024 * 1024

/** Calls `onLine` for each line of a stream. A line beyond all reason is left out: no message of the CLI is that long. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    const pieces = decoder.write(chunk).split('\n')
    pieces.forEach((piece, index) => {
      size += piece.length
      if (size <= MAX_LINE_CHARS) parts.push(piece)
      if (index === pieces.length - 1) return
      if (size <= MAX_LINE_CHARS) onLine(parts.join(''))
      parts = []
      size = 0
    })
  })
  stream.once('close', () => {
    const rest = parts.join('') + decoder.end()
    if (rest !== '') onLine(rest)
  })
}
