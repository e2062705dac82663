import { expect, test } from 'vitest'
import { parseRepositoryAddress, type RepositoryAddress } from '../policy/repositoryAddress.ts'
import { branchProblem, repositoryFolders } from './checkout.ts'

test('folders are unique and never leave the workspace', () => {
  const addresses = [
    'local/app',
    'https://example.org/x/app',
    'https://example.org/y/App.git',
    'https://example.org/..a',
    'https://example.org/ü',
  ].map(parsed)
  expect(repositoryFolders(addresses)).toEqual(['app', 'app-2', 'App-3', 'a', 'repository'])
})

test.each(['main', 'feature/login', 'v1.2', 'Ünïcode'])('the branch %s is taken', (branch) => {
  expect(branchProblem(branch)).toBeNull()
})

test.each([
  '',
  '-x',
  'a..b',
  'a b',
  'a~1',
  'a^',
  'a:b',
  'refs//x',
  '/a',
  'a/',
  '.a',
  'a.',
  'a.lock',
  'a@{1}',
  '@',
  'a\u0000b',
])('the branch %j is refused', (branch) => {
  expect(branchProblem(branch)).not.toBeNull()
})

function parsed(text: string): RepositoryAddress {
  const address = parseRepositoryAddress(text)
  if (address.kind === 'invalid') throw new Error(address.words)
  return address
}
