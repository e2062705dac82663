import { expect, test } from 'vitest'
import { secretValue } from './secretValue.ts'

test('what was pasted around a secret is no part of it', () => {
  expect(secretValue(' sk-one\n')).toEqual({ kind: 'value', value: 'sk-one' })
})

test.each(['\n', '\\n', ''])('a private key is kept on one line, however its lines were broken (%j)', (line) => {
  const typed = ['-----BEGIN PRIVATE KEY-----', 'MIIE', 'vQ==', '-----END PRIVATE KEY-----', ''].join(line)
  const value = '-----BEGIN PRIVATE KEY-----MIIEvQ==-----END PRIVATE KEY-----'
  expect(secretValue(typed)).toEqual({ kind: 'value', value })
})

test.each([' \n', '', 'a\r\nx: y', 'a\u0000b'])('no header could carry %j', (typed) => {
  expect(secretValue(typed).kind).toBe('refused')
})
