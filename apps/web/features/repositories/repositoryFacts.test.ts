import { expect, test } from 'vitest'
import { cloneUrl, credentialFor, hostOf, shortName } from './repositoryFacts.ts'

const git = (name: string, host: string, hasSecret = true) =>
  ({ name, hasSecret, spec: { type: 'git', host, username: 'x', private: false } }) as Parameters<
    typeof credentialFor
  >[1][number]

test.each([
  ['https://git.example/acme/app.git', [git('exact', 'git.example')], 'exact'],
  ['https://git.example/acme/app', [git('wide', '*.example'), git('exact', 'git.example')], 'exact'],
  ['https://git.example/acme/app', [git('wide', '*.example'), git('empty', 'git.example', false)], 'wide'],
  ['http://git.example:3000/acme/app', [git('web', 'git.example'), git('port', 'git.example:3000')], 'port'],
  ['https://git.example/acme/app', [git('other', 'code.example')], null],
  ['local/app', [git('exact', 'git.example')], null],
] as const)('%s with its credential', (repository, credentials, name) => {
  expect(credentialFor(repository, credentials)).toBe(name)
})

test('a repository has a short name, a host and an address to clone', () => {
  expect(shortName({ repository: 'https://git.example/acme/app.git', isLocal: false })).toBe('acme/app')
  expect(shortName({ repository: 'local/app', isLocal: true })).toBe('app')
  expect(hostOf('http://git.example:3000/a/b')).toBe('git.example:3000')
  expect(cloneUrl('http://localhost:8484', 'local/app')).toBe('http://localhost:8484/git/local/app.git')
})
