import { expect, test } from 'vitest'
import { cookieKind, cookieNames, sessionToken } from './cookies.ts'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const safari = 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'

const cases = {
  'over TLS, in any browser': ['https://errand.example', safari, 'host'],
  'on this machine': ['http://localhost:8470', chrome, 'host'],
  'on this machine by its number': ['http://127.0.0.1:8470', undefined, 'host'],
  'on this machine, in Safari, which takes no Secure cookie there': ['http://localhost:8470', safari, 'plain'],
  'on a network without TLS': ['http://192.168.1.20:8470', chrome, 'plain'],
  'a name that only looks local': ['http://localhost.example:8470', chrome, 'plain'],
} as const

test.each(Object.entries(cases))('which cookie a browser is given: %s', (_, [origin, userAgent, kind]) => {
  expect(cookieKind(origin, userAgent)).toBe(kind)
})

test('the token is read from the guarded cookie first, and from nothing that is not one', () => {
  const [strong, weak] = ['a'.repeat(32), 'b'.repeat(32)]
  const { session } = cookieNames('host')
  const plain = cookieNames('plain').session
  expect(sessionToken(`${plain}=${weak}.sig; ${session}=${strong}.sig%3D`)).toBe(strong)
  expect(sessionToken(`x=1; ${plain}=${weak}.sig`)).toBe(weak)
  expect(
    [undefined, '', `${session}=short.sig`, `${session}=${strong}`, `other=${strong}.sig`].map(sessionToken),
  ).toEqual(Array.from({ length: 5 }, () => null))
})
