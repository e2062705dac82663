import { describe, expect, test } from 'vitest'
import { AnswerReader, BadAnswer } from './answerReader.ts'

interface Read {
  readonly answers: { readonly statusCode: number; readonly headers: object; text: string; isWhole: boolean }[]
  readonly keepMs: number
  readonly error: string | null
}

/** What one that expects so many answers reads of these pieces, and of the end that follows them. */
function read(pieces: readonly string[], expected = 1): Read {
  const answers: Read['answers'] = []
  const reader = new AnswerReader({
    onHead: ({ statusCode, headers }) => void answers.push({ statusCode, headers, text: '', isWhole: false }),
    onData(chunk) {
      const last = answers.at(-1)
      if (last !== undefined) last.text += chunk.toString('latin1')
    },
    onEnd() {
      const last = answers.at(-1)
      if (last !== undefined) last.isWhole = true
      if (answers.length < expected) reader.begin()
    },
  })
  reader.begin()
  try {
    for (const piece of pieces) reader.read(Buffer.from(piece, 'latin1'))
    if (!reader.end()) return { answers, keepMs: reader.keepMs, error: 'it broke off' }
    return { answers, keepMs: reader.keepMs, error: null }
  } catch (error) {
    if (!(error instanceof BadAnswer)) throw error
    return { answers, keepMs: 0, error: error.message }
  }
}

const lines = (...all: readonly string[]) => all.join('\r\n')
const OK = 'HTTP/1.1 200 OK'

const GOOD: Record<string, { text: string; body?: string; status?: number; keepMs?: number; headers?: object }> = {
  'a length': {
    text: lines(OK, 'Content-Length: 5', 'X-A:  b \t', '', 'hello'),
    body: 'hello',
    keepMs: 4_000,
    headers: { 'content-length': '5', 'x-a': 'b' },
  },
  'a name that every object has': {
    text: lines(OK, 'content-length: 0', 'constructor: a', 'Constructor: b', '', ''),
    keepMs: 4_000,
    headers: { 'content-length': '0', constructor: ['a', 'b'] },
  },
  'a length of nothing': { text: lines(OK, 'content-length: 0', '', ''), keepMs: 4_000 },
  parts: {
    text: lines(OK, 'transfer-encoding: chunked', '', '5', 'hello', '1;x=y', ' ', '05', 'world', '0', '', ''),
    body: 'hello world',
    keepMs: 4_000,
  },
  'parts with something after them': {
    text: lines(OK, 'transfer-encoding: Chunked', '', 'A', '0123456789', '0', 'x-sum: 1', '', ''),
    body: '0123456789',
    keepMs: 4_000,
  },
  'all up to the end of the connection': {
    text: lines(OK, 'a: b', '', 'until the end'),
    body: 'until the end',
    keepMs: 0,
  },
  'no body whatever its length says': {
    text: lines('HTTP/1.1 304 Not Modified', 'content-length: 9', '', ''),
    status: 304,
    keepMs: 4_000,
  },
  'no content': { text: lines('HTTP/1.1 204', '', ''), status: 204, keepMs: 4_000 },
  'an earlier word that it goes on': {
    text: lines(
      'HTTP/1.1 100 Continue',
      '',
      'HTTP/1.1 103 Early Hints',
      'link: x',
      '',
      OK,
      'content-length: 1',
      '',
      '!',
    ),
    body: '!',
    keepMs: 4_000,
  },
  'a connection that closes': {
    text: lines(OK, 'connection: close', 'content-length: 1', '', '!'),
    body: '!',
    keepMs: 0,
  },
  'a connection that is kept for a while': {
    text: lines(OK, 'keep-alive: timeout=5, max=100', 'content-length: 1', '', '!'),
    body: '!',
    keepMs: 4_000,
  },
  'a connection that is kept for too short a while': {
    text: lines(OK, 'keep-alive: timeout=1', 'content-length: 1', '', '!'),
    body: '!',
    keepMs: 0,
  },
  'an old server': { text: lines('HTTP/1.0 200 OK', 'content-length: 1', '', '!'), body: '!', keepMs: 0 },
  'an old server that keeps it': {
    text: lines('HTTP/1.0 200 OK', 'connection: Keep-Alive', 'content-length: 1', '', '!'),
    body: '!',
    keepMs: 4_000,
  },
  'headers that come more than once': {
    text: lines(OK, 'set-cookie: a', 'Set-Cookie: b', 'constructor: c', 'content-length: 0', '', ''),
    headers: { 'set-cookie': ['a', 'b'], constructor: 'c', 'content-length': '0' },
    keepMs: 4_000,
  },
}

describe('an answer is read the same, however it is cut into pieces', () => {
  test.each(Object.entries(GOOD))('%s', (_name, { text, body = '', status = 200, keepMs, headers }) => {
    const cuts = [[text], Array.from(text), ...Array.from(text, (_, at) => [text.slice(0, at), text.slice(at)])]
    for (const pieces of cuts) {
      const got = read(pieces.filter((piece) => piece !== ''))
      expect(got.error).toBeNull()
      expect(got.answers).toMatchObject([{ statusCode: status, text: body, isWhole: true }])
      expect(got.keepMs).toBe(keepMs)
      if (headers !== undefined) expect(got.answers[0]?.headers).toEqual(headers)
    }
  })

  test('one after the other over one connection', () => {
    const text = lines(OK, 'content-length: 1', '', `1${OK}`, 'transfer-encoding: chunked', '', '1', '2', '0', '', '')
    for (let at = 1; at < text.length; at++)
      expect(read([text.slice(0, at), text.slice(at)], 2)).toMatchObject({
        answers: [{ text: '1' }, { text: '2', isWhole: true }],
        error: null,
      })
  })
})

const TWO_WAYS = 'how long it is can be read in two ways'
const BAD: Record<string, { text: string; error: string }> = {
  'two lengths': {
    text: lines(OK, 'content-length: 1', 'content-length: 2', '', '!!'),
    error: 'its length is no number',
  },
  'the same length twice': {
    text: lines(OK, 'content-length: 1', 'content-length: 1', '', '!'),
    error: 'its length is no number',
  },
  'a length with a sign': { text: lines(OK, 'content-length: +1', '', '!'), error: 'its length is no number' },
  'a length and parts': {
    text: lines(OK, 'content-length: 1', 'transfer-encoding: chunked', '', '0', '', ''),
    error: TWO_WAYS,
  },
  'a coding that it was not asked for': {
    text: lines(OK, 'transfer-encoding: gzip, chunked', '', ''),
    error: TWO_WAYS,
  },
  'parts of a server that knows none': {
    text: lines('HTTP/1.0 200 OK', 'transfer-encoding: chunked', '', '0', '', ''),
    error: TWO_WAYS,
  },
  'a part that is longer than it says': {
    text: lines(OK, 'transfer-encoding: chunked', '', '1', '12', '0', '', ''),
    error: 'a part of it is longer than it says',
  },
  'a part whose length is none': {
    text: lines(OK, 'transfer-encoding: chunked', '', '0x1', '1', '0', '', ''),
    error: 'the length of a part is no number',
  },
  'a part without a length': {
    text: lines(OK, 'transfer-encoding: chunked', '', '-1', '1', '0', '', ''),
    error: 'the length of a part is no number',
  },
  'a part whose line ends otherwise': {
    text: `${lines(OK, 'transfer-encoding: chunked', '', '')}1\n!\r\n0\r\n\r\n`,
    error: 'a line of it has no proper end',
  },
  'more than it was asked': { text: lines(OK, 'content-length: 1', '', '!?'), error: 'it says more than it was asked' },
  'a line that goes on in the next': {
    text: lines(OK, 'a: b', ' c', 'content-length: 0', '', ''),
    error: 'a header of it is none',
  },
  'a line that ends otherwise': {
    text: lines(OK, 'a: b\nc: d', 'content-length: 0', '', ''),
    error: 'a header of it is none',
  },
  'a space before the colon': { text: lines(OK, 'content-length : 0', '', ''), error: 'a header of it is none' },
  'a NUL': { text: lines(OK, 'a: b\0', '', ''), error: 'a header of it is none' },
  'a name that no object holds': { text: lines(OK, '__proto__: b', '', ''), error: 'a header of it is none' },
  'another protocol': {
    text: lines('HTTP/1.1 101 Switching', 'upgrade: x', '', ''),
    error: 'it speaks another protocol now',
  },
  'another beginning': { text: lines('ICY 200 OK', '', ''), error: 'it does not begin as an answer does' },
  'a head without an end': { text: `${OK}\r\na: ${'b'.repeat(17_000)}`, error: 'its head is too long' },
  'a line between parts without an end': {
    text: `${lines(OK, 'transfer-encoding: chunked', '', '')}1;${'x'.repeat(5_000)}`,
    error: 'a line between its parts is too long',
  },
  'something after the parts without an end': {
    text: `${lines(OK, 'transfer-encoding: chunked', '', '0', '')}${`a: ${'b'.repeat(1_000)}\r\n`.repeat(20)}`,
    error: 'what comes after it is too long',
  },
  'a head that breaks off': { text: lines(OK, 'a: b', ''), error: 'it broke off' },
  'a body that breaks off': { text: lines(OK, 'content-length: 2', '', '!'), error: 'it broke off' },
  'parts that break off': {
    text: lines(OK, 'transfer-encoding: chunked', '', '1', '!', '0', ''),
    error: 'it broke off',
  },
}

describe('what is no answer is said to be none, however it is cut', () => {
  test.each(Object.entries(BAD))('%s', (_name, { text, error }) => {
    for (const pieces of [[text], Array.from(text)]) {
      const got = read(pieces)
      expect(got.error).toBe(error)
      // What is more than an answer comes after one that was whole.
      expect(got.answers.some(({ isWhole }) => isWhole)).toBe(error === 'it says more than it was asked')
    }
  })
})
