import { expect, test } from 'vitest'
import { checksWords, pushedToHost } from './pullWords.ts'

const check = (state: 'passed' | 'failed' | 'running' | 'waiting' | 'skipped') => ({
  name: state,
  state,
  url: null,
  words: null,
})

test.each([
  [[], 'no checks', ''],
  [['skipped'], 'every check was skipped', ''],
  [['passed'], 'its check passed', 'proof'],
  [['passed', 'passed', 'skipped'], 'all 2 checks passed', 'proof'],
  [['passed', 'running'], '1 of 2 checks passed, 1 not yet', 'live'],
  [['passed', 'failed', 'running'], '1 of 3 checks failed', 'fault'],
] as const)('%j: %s', (states, words, tone) => {
  expect(checksWords(states.map(check))).toEqual({ words, tone })
})

test('work in a local repository, or that was not pushed, has none', () => {
  const changes = [
    { repository: 'local/app', branch: 'errand/x' },
    { repository: 'https://git.example/a/b', branch: null },
    { repository: 'https://git.example/a/c', branch: 'errand/x' },
  ]
  expect(pushedToHost(changes)).toEqual([changes[2]])
})
