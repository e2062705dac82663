import type { Duplex } from 'node:stream'

/** So much is one text with its head, and so one piece for the system. */
const SHORT_BYTES = 16 * 1024

/** A head, with its empty line, and the whole body that its length tells of. */
export function writeMessage(socket: Duplex, head: string, body: Buffer | string): void {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (bytes.length <= SHORT_BYTES) {
    socket.write(head + bytes.toString('latin1'), 'latin1')
    return
  }
  socket.cork()
  socket.write(head, 'latin1')
  socket.write(bytes)
  socket.uncork()
}
