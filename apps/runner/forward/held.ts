import type { IncomingMessage, ServerResponse } from 'node:http'
import { HELD_HEADER, HELD_SENT } from '@errand/contracts'

/** Longer than any message that a client of MCP takes. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

/** A call that waits at the gateway for a person has not gone anywhere yet, so it can be made again. */
export function isHeld(answer: IncomingMessage): boolean {
  return answer.headers[HELD_HEADER] !== undefined && isEvents(answer)
}

/**
 * Passes the events of a held call on to a client that has the head of the answer already. Resolves with `broken` when
 * the gateway went away before it sent the call to its server: then nobody has heard of it.
 */
export async function passEvents(answer: IncomingMessage, outgoing: ServerResponse): Promise<'done' | 'broken'> {
  let isSent = !isHeld(answer)
  let tail = ''
  const gone = () => void answer.destroy()
  outgoing.once('close', gone)
  try {
    if (!isEvents(answer)) {
      outgoing.end(asEvent(await wholeOf(answer)))
      return 'done'
    }
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      tail = (tail + chunk.toString('latin1')).slice(-(HELD_SENT.length + chunk.length))
      isSent ||= tail.includes(HELD_SENT)
      if (!outgoing.write(chunk)) await drained(outgoing)
    }
    outgoing.end()
    return 'done'
  } catch {
    if (!isSent && !outgoing.destroyed) return 'broken'
    outgoing.destroy()
    return 'done'
  } finally {
    outgoing.off('close', gone)
  }
}

function isEvents(answer: IncomingMessage): boolean {
  return (answer.headers['content-type'] ?? '').startsWith('text/event-stream')
}

async function wholeOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error('the answer is far too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** JSON holds its line ends escaped: those between its parts may go. */
function asEvent(body: Buffer): string {
  return `event: message\ndata: ${body.toString('utf8').replaceAll(/[\r\n]+/g, ' ')}\n\n`
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once('drain', resolve)
    outgoing.once('close', resolve)
  })
}
