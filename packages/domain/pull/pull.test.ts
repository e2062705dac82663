import { expect, test } from 'vitest'
import { parseRepositoryAddress, type RepositoryAddress } from '../policy/repositoryAddress.ts'
import { comparePage, forgeOf } from './forge.ts'
import { nextLook } from './nextLook.ts'
import { pullText } from './pullText.ts'

type Remote = RepositoryAddress & { kind: 'remote' }
const at = (url: string): Remote => {
  const address = parseRepositoryAddress(url)
  if (address.kind !== 'remote') throw new Error(url)
  return address
}

test.each([
  ['https://github.com/a/b', undefined, 'github'],
  ['https://gitlab.com/a/b/c', undefined, 'gitlab'],
  ['https://codeberg.org/a/b', undefined, 'gitea'],
  ['https://git.example/a/b', undefined, undefined],
  ['https://git.example/a/b', 'gitea', 'gitea'],
  // A machine of one's own that listens at another port of that name is not the public host.
  ['https://github.com:8443/a/b', undefined, undefined],
  ['https://github.com/a/b', 'none', 'none'],
] as const)('%s, of which the credential says %s, is %s', (url, said, forge) => {
  expect(forgeOf(at(url), said)).toBe(forge)
})

test.each([
  ['github', 'https://git.example/a/b.git', 'https://git.example/a/b/compare/main...errand/x%23y?expand=1'],
  ['gitea', 'http://git.example:3000/a/b', 'http://git.example:3000/a/b/compare/main...errand/x%23y'],
  [
    'gitlab',
    'https://git.example/g/s/b',
    'https://git.example/g/s/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=errand%2Fx%23y&merge_request%5Btarget_branch%5D=main',
  ],
] as const)('by hand on %s: the page that compares the branches', (forge, url, page) => {
  expect(comparePage({ forge, address: at(url), base: 'main', branch: 'errand/x#y' })).toBe(page)
})

const TOLD = {
  prompt: '# Greet people\n\nAll of them.',
  sentence: 'They are greeted.',
  verdict: 'verified',
  evidence: { command: 'npm test', exitCode: 0, ms: 12_400 },
  changes: { commits: 2, files: 1, added: 3, removed: 0 },
  runUrl: 'https://errand.example/runs/run1',
} as const

test('the outcome becomes a title and a description, with the run as its last line', () => {
  expect(pullText(TOLD)).toEqual({
    title: 'Greet people',
    body: [
      'They are greeted.',
      '**Verified:** `npm test` ended with 0 after 12 s.',
      '**Changes:** +3 −0 in 1 file, 2 commits.',
      'Errand-Run: https://errand.example/runs/run1\n',
    ].join('\n\n'),
  })
})

test('what was not checked, and what failed, is said as that', () => {
  expect(pullText({ ...TOLD, evidence: null, verdict: 'unverified' }).body).toContain('**Not checked:**')
  const failed = { ...TOLD, verdict: 'failed', evidence: { command: 'a\nb', exitCode: 1, ms: 900 } } as const
  expect(pullText(failed).body).toContain('**Check failed:** `a …` ended with 1 after 0.9 s.')
})

test('neither the agent’s words nor a command can call a person, close an issue or leave their place', () => {
  const evidence = { command: 'echo ``x`` @ops', exitCode: 0, ms: 0 }
  const { body } = pullText({ ...TOLD, sentence: 'Thanks @ada, fixes #12 <!-- hidden', evidence })
  expect(body).not.toMatch(/@ada|#12|<!--/)
  expect(body).toContain('``` echo ``x`` @ops ```')
})

const NOW = new Date('2026-01-05T12:00:00Z')
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)
const minutesTo = (date: Date | null) => (date === null ? null : (date.getTime() - NOW.getTime()) / 60_000)

test.each([
  ['open', ['running'], 0, 1],
  ['open', ['running'], 60, 3],
  ['open', ['passed'], 60, 12],
  ['draft', [], 10_000, 30],
  ['open', [], 60 * 24 * 31, null],
  ['merged', ['running'], 0, null],
  ['closed', [], 0, null],
] as const)('%s with %j, unchanged for %i min: looked at again in %s', (state, checks, minutes, wait) => {
  const pull = { state, checks: checks.map((one) => ({ state: one })), changedAt: ago(minutes) }
  expect(minutesTo(nextLook(pull, NOW))).toBe(wait)
})
