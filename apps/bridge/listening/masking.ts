import { Transform } from 'node:stream'
import type { Mask } from '../server/mask.ts'

const LINE_FEED = 10

/**
 * Takes secrets out of an answer that is passed on. Of a stream of events it holds back no more than the line that is
 * being written; of one document all of it, as far as `maxBytes`: what is longer breaks.
 */
export function masking(mask: Mask, { isStream, maxBytes }: { isStream: boolean; maxBytes: number }): Transform {
  let held: Buffer[] = []
  let bytes = 0
  const take = (): string => {
    const text = mask(Buffer.concat(held).toString())
    held = []
    bytes = 0
    return text
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = isStream ? chunk.lastIndexOf(LINE_FEED) + 1 : 0
      if (end > 0) {
        held.push(chunk.subarray(0, end))
        this.push(take())
      }
      held.push(chunk.subarray(end))
      bytes += chunk.length - end
      done(bytes > maxBytes ? new Error('one message is too long to be searched for secrets') : null)
    },
    flush(done) {
      done(null, take())
    },
  })
}
