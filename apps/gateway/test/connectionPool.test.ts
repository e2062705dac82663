import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { until } from '@errand/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import type { SentRequest } from '../http1/connection.ts'
import { connectionPool, type ConnectionPool } from '../http1/connectionPool.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map((close) => close()))))

/** A server that says, byte for byte, what the test has it say, and a pool that leads to it. */
async function place(onRequest: (socket: Socket, nth: number, request: string) => void) {
  const seen: { readonly connection: number; readonly request: string }[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server: Server = createServer((socket) => {
    const connection = ++connections
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const request = chunk.toString('latin1')
      seen.push({ connection, request })
      onRequest(socket, seen.length, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    await once(socket, 'connect')
    return socket
  }
  const pool: ConnectionPool = connectionPool({ host: 'there', open })
  closing.push(async () => {
    pool.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { pool, seen, sockets, connections: () => connections }
}

const POST: SentRequest = { method: 'POST', path: '/mcp?a=b', headers: { accept: 'x' }, body: '{"ä":1}' }
const never = () => new AbortController().signal
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const bodyOf = async (pool: ConnectionPool, request = POST) =>
  text(Readable.from((await pool.send(request, never())).body))

describe('connections to a server', () => {
  test('serve one request after the other, and two at once when they have to', async () => {
    const { pool, seen, connections } = await place((socket) => socket.write(OK))
    for (let n = 0; n < 3; n++) expect(await bodyOf(pool)).toBe('ok')
    expect(connections()).toBe(1)
    expect(await Promise.all([bodyOf(pool), bodyOf(pool)])).toEqual(['ok', 'ok'])
    expect(connections()).toBe(2)
    expect(seen[0]?.request).toBe(
      'POST /mcp?a=b HTTP/1.1\r\nhost: there\r\nconnection: keep-alive\r\naccept: x\r\ncontent-length: 8\r\n\r\n{"Ã¤":1}',
    )
    await bodyOf(pool, { ...POST, method: 'DELETE', body: null })
    expect(seen.at(-1)?.request).toMatch(/^DELETE .*\r\ncontent-length: 0\r\n\r\n$/s)
  })

  test('are not used again after their server has closed them, said that it will, or said too much', async () => {
    for (const answer of [OK.replace('\r\n', '\r\nconnection: close\r\n'), `${OK}more`]) {
      const { pool, connections } = await place((socket) => socket.write(answer))
      expect(await bodyOf(pool)).toBe('ok')
      expect(await bodyOf(pool)).toBe('ok')
      expect(connections()).toBe(2)
    }
    const { pool, connections, sockets } = await place((socket) => socket.write(OK))
    expect(await bodyOf(pool)).toBe('ok')
    const [first] = sockets
    first?.end()
    await until(() => first?.destroyed === true)
    expect(await bodyOf(pool)).toBe('ok')
    expect(connections()).toBe(2)
  })

  test('are not used again when the answer came before all was sent', async () => {
    const { pool, connections } = await place((socket) => socket.pause().write(OK))
    expect(await bodyOf(pool, { ...POST, body: Buffer.alloc(8 * 1024 * 1024) })).toBe('ok')
    expect(await bodyOf(pool)).toBe('ok')
    expect(connections()).toBe(2)
  })

  test('that rest too long are closed', async () => {
    const { pool, sockets } = await place((socket) => socket.write(OK.replace('\r\n', '\r\nkeep-alive: timeout=2\r\n')))
    expect(await bodyOf(pool)).toBe('ok')
    const [first] = sockets
    await until(() => first?.destroyed === true)
  })

  test('that end before an answer say so, with its head or without', async () => {
    const { pool } = await place((socket, nth) => socket.end(nth === 1 ? 'HTTP/1.1 200 OK\r\n' : OK.slice(0, -1)))
    await expect(pool.send(POST, never())).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(bodyOf(pool)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('that bring no HTTP say so', async () => {
    const { pool } = await place((socket) => socket.write('* OK IMAP4rev1 ready\r\n\r\n'))
    await expect(pool.send(POST, never())).rejects.toMatchObject({ code: 'ERR_BAD_ANSWER' })
  })

  test('are cut when nobody waits for the answer any more, and the next request has another', async () => {
    const { pool, sockets, connections } = await place((socket, nth) => void (nth === 3 && socket.write(OK)))
    const abort = new AbortController()
    const waiting = pool.send(POST, abort.signal)
    await until(() => sockets.size === 1)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await until(() => [...sockets].every(({ destroyed }) => destroyed))
    await expect(pool.send(POST, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    const second = pool.send(POST, never())
    await until(() => connections() === 2)
    pool.close()
    await expect(second).rejects.toThrow('the gateway ends')
  })

  test('hold back a server that is faster than who reads', async () => {
    const big = Buffer.alloc(32 * 1024 * 1024, 97)
    const { pool } = await place((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${big.length}\r\n\r\n`)
      socket.write(big)
    })
    const before = process.memoryUsage().arrayBuffers
    const { body } = await pool.send(POST, never())
    const reader = body[Symbol.asyncIterator]()
    await reader.next()
    // A turn of the loop would bring more, if it were taken.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
    let bytes = 0
    for await (const chunk of body) bytes += chunk.length
    expect(bytes).toBeGreaterThan(big.length - 1024 * 1024)
  })

  test('send nothing of a request whose header would be two', async () => {
    const { pool, seen } = await place((socket) => socket.write(OK))
    for (const headers of [
      { 'x-a': 'b\r\nx-c: d' },
      { 'x-a: b\r\nx-c': 'd' },
      { 'x-a': '€' },
      { 'Transfer-Encoding': 'chunked' },
      { 'content-length': '5' },
    ] as Record<string, string>[])
      await expect(pool.send({ ...POST, headers }, never())).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' })
    expect(await bodyOf(pool)).toBe('ok')
    expect(seen).toHaveLength(1)
  })

  test('that cannot be made say what the dial says', async () => {
    const pool = connectionPool({ host: 'there', open: () => Promise.reject(new Error('no way')) })
    await expect(pool.send(POST, never())).rejects.toThrow('no way')
  })
})
