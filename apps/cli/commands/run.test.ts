import { describe, expect, test } from 'vitest'
import { toSpec } from './configuration.ts'
import { toRequest } from './run.ts'

const nothing = {
  repo: undefined,
  noRepo: false,
  branch: undefined,
  agent: undefined,
  budget: undefined,
  minutes: undefined,
  network: undefined,
  model: undefined,
  autonomy: undefined,
  onBlockedHost: undefined,
  verify: undefined,
}

describe('what a person says when firing a task', () => {
  test('nothing but the prompt leaves everything else to the agent', () => {
    expect(toRequest(nothing, 'do it')).toEqual({ prompt: 'do it' })
  })

  test('a name is a repository kept here, and each repository may have its own branch', () => {
    const { repositories } = toRequest(
      { ...nothing, repo: ['demo', 'https://git.example/a/b', 'local/x#dev'], branch: 'main' },
      'p',
    )
    expect(repositories).toEqual([
      { repository: 'local/demo', branch: 'main' },
      { repository: 'https://git.example/a/b', branch: 'main' },
      { repository: 'local/x', branch: 'dev' },
    ])
  })

  test('no repository is said, not left open', () => {
    expect(toRequest({ ...nothing, noRepo: true }, 'p').repositories).toEqual([])
  })

  test('contradictions are refused before anything is sent', () => {
    expect(() => toRequest({ ...nothing, noRepo: true, repo: ['a'] }, 'p')).toThrow('--no-repo')
    expect(() => toRequest({ ...nothing, branch: 'main' }, 'p')).toThrow('--branch needs')
  })
})

test('a credential that cannot work is refused with what it lacks', () => {
  const flags = {
    header: undefined,
    server: undefined,
    appId: undefined,
    installationId: undefined,
    baseUrl: undefined,
    auth: undefined,
    host: undefined,
    username: undefined,
    forge: undefined,
    private: false,
  }
  expect(() => toSpec({ ...flags, type: 'git' })).toThrow('belongs to a host')
  expect(() => toSpec({ ...flags, type: 'llm-compatible' })).toThrow('needs its address')
  expect(toSpec({ ...flags, type: 'git', host: 'git.example' })).toEqual({
    type: 'git',
    host: 'git.example',
    username: 'x-access-token',
    private: false,
  })
})
