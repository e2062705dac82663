import { describe, expect, test } from 'vitest'
import {
  formatRepositoryAddress,
  gatewayPath,
  isSameRepository,
  parseGatewayPath,
  parseRepositoryAddress,
  upstreamPath,
  type RepositoryAddress,
} from './repositoryAddress.ts'

const FORMS = {
  'local/demo': { written: 'local/demo', path: '/git/local/demo.git' },
  'errand://local/demo': { written: 'local/demo', path: '/git/local/demo.git' },
  'local/demo.git': { written: 'local/demo', path: '/git/local/demo.git' },
  'https://example.org/acme/app': { written: 'https://example.org/acme/app', path: '/git/https/example.org/acme/app' },
  'https://example.org/acme/app.git': {
    written: 'https://example.org/acme/app.git',
    path: '/git/https/example.org/acme/app.git',
  },
  'https://example.org/acme/app/': { written: 'https://example.org/acme/app', path: '/git/https/example.org/acme/app' },
  'HTTPS://Example.ORG:443/acme/App': {
    written: 'https://example.org/acme/App',
    path: '/git/https/example.org/acme/App',
  },
  'https://example.org:8443/a': { written: 'https://example.org:8443/a', path: '/git/https/example.org:8443/a' },
  'http://127.0.0.1:9001/acme/app.git': {
    written: 'http://127.0.0.1:9001/acme/app.git',
    path: '/git/http/127.0.0.1:9001/acme/app.git',
  },
  'http://[::1]:9001/a.git': { written: 'http://[::1]:9001/a.git', path: '/git/http/[::1]:9001/a.git' },
  'https://example.org/org/Team%20One/_git/app': {
    written: 'https://example.org/org/Team%20One/_git/app',
    path: '/git/https/example.org/org/Team%20One/_git/app',
  },
  'https://example.org/~me/grüße': {
    written: 'https://example.org/~me/gr%C3%BC%C3%9Fe',
    path: '/git/https/example.org/~me/gr%C3%BC%C3%9Fe',
  },
}

describe.each(Object.entries(FORMS))('%s', (text, { written, path }) => {
  test('is written one way, lies below one path, and comes back from it', () => {
    const address = parsed(parseRepositoryAddress(text))
    expect(formatRepositoryAddress(address)).toBe(written)
    expect(gatewayPath(address)).toBe(path)
    expect(parseGatewayPath(path)).toEqual(address)
  })
})

describe('an address is refused', () => {
  test.each([
    '',
    'demo',
    'local/',
    'local/../etc',
    'local/a/b',
    'local/UPPER',
    'ftp://example.org/a',
    'https://example.org',
    'https://example.org/',
    'https:///a',
    'https://example.org/a?b=c',
    'https://example.org/a#b',
    'https://example.org:0/a',
    'https://example.org:99999/a',
    'https://exa mple.org/a',
    'https://example.org/a//b',
    'https://example.org/../a',
    'https://example.org/a/%2e%2e/b',
    'https://example.org/a/%2E%2E/b',
    'https://example.org/a%2fb',
    'https://example.org/a%5cb',
    'https://example.org/a%00',
    'https://example.org/a%0ab',
    'https://example.org/%zz',
    'https://example.org/a\\b',
    `https://example.org/${'a'.repeat(1001)}`,
  ])('%j', (text) => {
    expect(parseRepositoryAddress(text).kind).toBe('invalid')
  })

  test('with words for a password in it and for an ssh address', () => {
    expect(parseRepositoryAddress('https://me:secret@example.org/a')).toMatchObject({
      words: expect.stringContaining('add a git credential'),
    })
    expect(parseRepositoryAddress('git@example.org:acme/app.git')).toMatchObject({
      words: expect.stringContaining('https:// address'),
    })
  })

  test.each([
    '/git',
    '/git/',
    '/git/local',
    '/git/local/',
    '/git/local/../x',
    '/git/ssh/example.org/a',
    '/git/https/example.org',
    '/git/https/example.org/',
    '/git/https//a',
    '/git/https/me@example.org/a',
    '/git/https/example.org/a/../b',
    '/git/https/example.org/%2e%2e/b',
    '/GIT/local/demo',
  ])('as a gateway path: %j', (path) => {
    expect(parseGatewayPath(path).kind).toBe('invalid')
  })
})

test('the same repository with and without .git is one, another path, scheme or port is not', () => {
  const address = (text: string) => parsed(parseRepositoryAddress(text))
  const app = address('https://example.org/acme/app')
  expect(isSameRepository(app, address('https://EXAMPLE.org:443/acme/app.git/'))).toBe(true)
  for (const other of [
    'https://example.org/acme/App',
    'http://example.org/acme/app',
    'https://example.org:8443/acme/app',
    'https://example.com/acme/app',
    'local/app',
  ]) {
    expect(isSameRepository(app, address(other))).toBe(false)
  }
})

test('upstream sees the path as it was written', () => {
  const address = parsed(parseRepositoryAddress('https://example.org/org/Team%20One/_git/app'))
  expect(address.kind === 'remote' && upstreamPath(address)).toBe('/org/Team%20One/_git/app')
})

function parsed(address: ReturnType<typeof parseRepositoryAddress>): RepositoryAddress {
  if (address.kind === 'invalid') throw new Error(address.words)
  return address
}
