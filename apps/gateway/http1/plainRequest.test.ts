import { describe, expect, test } from 'vitest'
import { readPlainRequest } from './plainRequest.ts'

const HEAD = ['POST /mcp/notes HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'content-length: 2']
const request = (lines: readonly string[], body = '{}') => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')
const withLine = (line: string) => request([...HEAD, line])

describe('a plain request of MCP', () => {
  test('is taken whole, with what comes after it left', () => {
    const bytes = request([...HEAD, 'Connection: keep-alive', 'x-a: \t b '], '{}POST /mcp/notes')
    const read = readPlainRequest(bytes)
    expect(read).toMatchObject({
      url: '/mcp/notes',
      headers: { host: 'localhost', 'content-type': 'application/json', 'content-length': '2', 'x-a': 'b' },
      bytes: bytes.length - 'POST /mcp/notes'.length,
    })
    expect(read).toHaveProperty('body', Buffer.from('{}'))
  })

  test('is waited for while its body is not there', () => {
    const bytes = request(HEAD)
    expect(readPlainRequest(bytes.subarray(0, bytes.length - 1))).toBe('unfinished')
  })

  const OTHERS: Record<string, Buffer> = {
    'another method': request(['GET /mcp/notes HTTP/1.1', ...HEAD.slice(1)]),
    'another path': request(['POST /llm/v1/messages HTTP/1.1', ...HEAD.slice(1)]),
    'a whole address': request(['POST http://else/mcp/notes HTTP/1.1', ...HEAD.slice(1)]),
    'a space in the path': request(['POST /mcp/a b HTTP/1.1', ...HEAD.slice(1)]),
    'another version': request(['POST /mcp/notes HTTP/1.0', ...HEAD.slice(1)]),
    'a head that is not whole': Buffer.from(HEAD.join('\r\n')),
    'fewer bytes than tell': Buffer.from('POST /m'),
    'no host': request(HEAD.filter((line) => !line.startsWith('Host'))),
    'two hosts': withLine('host: else'),
    'no length': request(HEAD.slice(0, -1)),
    'two lengths': withLine('Content-Length: 2'),
    'a length with a sign': request([...HEAD.slice(0, -1), 'content-length: +2']),
    'a longer body': request([...HEAD.slice(0, -1), 'content-length: 65537']),
    parts: withLine('Transfer-Encoding: chunked'),
    'a body that wants to be asked for': withLine('Expect: 100-continue'),
    'another protocol': withLine('Upgrade: websocket'),
    'a connection that closes': withLine('Connection: close'),
    'headers for this hop alone': withLine('Connection: keep-alive, x-a'),
    'the same header twice': request([...HEAD, 'x-a: 1', 'X-A: 2']),
    'a line that goes on in the next': withLine('x-a: 1\r\n more'),
    'a line that ends otherwise': withLine('x-a: 1\nx-b: 2'),
    'a space before the colon': withLine('x-a : 1'),
    'a NUL': withLine('x-a: \0'),
    'a name that no object holds': withLine('__proto__: x'),
    'a name that every object has': withLine('constructor: x'),
  }
  test.each(Object.entries(OTHERS))('is not one with %s', (_name, bytes) => {
    expect(readPlainRequest(bytes)).toBe('other')
  })
})
