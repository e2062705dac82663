import type { RefUpdate } from '@errand/domain'
import { readPktLine } from './pktLine.ts'
import { bodyAgain } from './requestBody.ts'

export interface PushCommands {
  /** Empty for the probe that git sends before a large push. */
  readonly updates: readonly RefUpdate[]
  readonly capabilities: readonly string[]
}

type Progress =
  | { readonly kind: 'more' }
  | { readonly kind: 'malformed'; readonly words: string }
  | ({ readonly kind: 'done' } & PushCommands)

const MAX_BYTES = 4 * 1024 * 1024
const COMMAND = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/
const SHALLOW = /^shallow ([0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * Reads the list of commands in front of the pack of a push, in whatever pieces it comes. Any line that is not
 * understood makes the whole malformed: what is let through unread could be a command to the server behind.
 */
export function pushCommandReader(): (chunk: Buffer) => Progress {
  let pending: Buffer = Buffer.alloc(0)
  let size = 0
  let capabilities: readonly string[] | null = null
  const updates: RefUpdate[] = []

  return (chunk) => {
    size += chunk.length
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const line = readPktLine(pending)
      if (line.kind === 'malformed') return malformed('the push cannot be read')
      if (line.kind === 'incomplete')
        return size > MAX_BYTES ? malformed('too many refs in one push') : { kind: 'more' }
      pending = line.rest
      if (line.kind === 'flush') return { kind: 'done', updates, capabilities: capabilities ?? [] }
      const [text = '', list] = line.payload.toString().replace(/\n$/, '').split('\0')
      if (SHALLOW.test(text)) continue
      const [, oldId, newId, ref] = COMMAND.exec(text) ?? []
      if (oldId === undefined || newId === undefined || ref === undefined)
        return malformed(text.startsWith('push-cert') ? 'signed pushes are not supported' : 'the push cannot be read')
      updates.push({ oldId, newId, ref })
      capabilities ??= (list ?? '').split(' ').filter((word) => word !== '')
    }
  }
}

function malformed(words: string): Progress {
  return { kind: 'malformed', words }
}

/**
 * Takes the commands off the front of a body. `body` is all of it again, the commands included.
 * A body that ends too early is malformed.
 */
export async function splitCommands(
  chunks: AsyncIterator<Buffer>,
): Promise<{ head: Exclude<Progress, { kind: 'more' }>; body: AsyncGenerator<Buffer, void, undefined> }> {
  const read = pushCommandReader()
  const seen: Buffer[] = []
  for (;;) {
    const { value, done } = await chunks.next()
    if (done === true)
      return { head: { kind: 'malformed', words: 'the push ends in its middle' }, body: bodyAgain(seen, chunks) }
    seen.push(value)
    const progress = read(value)
    if (progress.kind !== 'more') return { head: progress, body: bodyAgain(seen, chunks) }
  }
}
