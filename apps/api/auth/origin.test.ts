import { expect, test } from 'vitest'
import { isFromOwnPage, isLoopbackName, ownOrigin } from './origin.ts'

const seen = (host: string, origin?: string) => ({ host, origin, userAgent: undefined })

test('the address is the one the browser asked for, and the public one when it came by that', () => {
  expect(ownOrigin(seen('localhost:8470'), null)).toBe('http://localhost:8470')
  expect(ownOrigin(seen('errand.example'), 'https://errand.example')).toBe('https://errand.example')
  // A proxy may ask us by our inner name; the page it stands for names itself.
  expect(ownOrigin(seen('10.0.0.5:8470', 'https://errand.example'), 'https://errand.example')).toBe(
    'https://errand.example',
  )
  expect(ownOrigin(seen('localhost:8470'), 'https://errand.example')).toBe('http://localhost:8470')
})

test('a page of another site, of another port, and one without a name are not ours', () => {
  const isOurs = (origin?: string) => isFromOwnPage(seen('localhost:8470', origin), 'https://errand.example')
  expect(isOurs('http://localhost:8470')).toBe(true)
  expect(isOurs('https://errand.example')).toBe(true)
  // With TLS in front of us, under the name that the browser asked for.
  expect(isOurs('https://localhost:8470')).toBe(true)
  for (const other of ['http://localhost:3000', 'http://localhost', 'https://evil.example', 'null', undefined])
    expect(isOurs(other)).toBe(false)
})

test('only names that no other machine can take are loopback', () => {
  expect(['localhost', 'errand.localhost', '127.0.0.1', '127.1.2.3', '[::1]'].every(isLoopbackName)).toBe(true)
  expect(['localhost.example', '128.0.0.1', '10.0.0.1', '127.0.0.1.example'].some(isLoopbackName)).toBe(false)
})
