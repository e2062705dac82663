import type { IncomingMessage } from 'node:http'
import { Fault } from '@errand/contracts'

/** A whole request body of at most `maxBytes`; what is left of a longer one stays unread. Fault `request.too-large` with the limit. */
export function readBody(request: Buffer | IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => new Fault('request.too-large', `The body may have ${maxBytes} bytes.`)
    if (Buffer.isBuffer(request)) return request.length > maxBytes ? reject(tooLarge()) : resolve(request)
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge())
    const chunks: Buffer[] = []
    let length = 0
    const stop = () => {
      request.off('data', take).off('end', done).off('error', fail).off('close', cut)
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length <= maxBytes) return
      request.pause()
      fail(tooLarge())
    }
    const done = () => {
      stop()
      const [first] = chunks
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length))
    }
    const fail = (error: Error) => {
      stop()
      reject(error)
    }
    const cut = () => fail(Object.assign(new Error('the caller went away'), { code: 'ECONNRESET' }))
    if (request.destroyed && !request.readableEnded) return cut()
    request.on('data', take).on('end', done).on('error', fail).on('close', cut)
  })
}
