import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { GitAnswer } from './gitAnswer.ts'

/** How an exchange ended. `cut`: one of the two sides went away in its middle. */
export type End = 'whole' | 'cut' | 'refused'

/**
 * Streams the body of an answer, telling `see` of every piece, and leaves the response open when all of it went
 * through. Half an answer is cut off, so that nobody takes it for a whole one.
 */
export async function passOn(
  { body }: GitAnswer,
  {
    response,
    signal,
    see,
  }: { readonly response: ServerResponse; readonly signal: AbortSignal; readonly see?: (chunk: Buffer) => void },
): Promise<'whole' | 'cut'> {
  try {
    if (see === undefined) await pipeline(body, response, { end: false })
    else await pipeline(body, (chunks: AsyncIterable<Buffer>) => seen(chunks, see), response, { end: false })
    // A program that was stopped ends its output as if it were done.
    signal.throwIfAborted()
    return 'whole'
  } catch (error) {
    body.destroy()
    response.destroy(error instanceof Error ? error : undefined)
    return 'cut'
  }
}

async function* seen(
  chunks: AsyncIterable<Buffer>,
  see: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    see(chunk)
    yield chunk
  }
}
