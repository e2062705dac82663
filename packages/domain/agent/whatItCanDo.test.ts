import { agentSpecSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { CAN_DO, type CanDo, phraseText, whatItCanDo } from './whatItCanDo.ts'

const said = (what: CanDo, spec: object, trustedHosts: number | null = 9) =>
  phraseText(whatItCanDo(agentSpecSchema.parse({ runtime: 'claude-code', ...spec }), { trustedHosts })[what])

test('the plainest agent, in seven sentences', () => {
  expect(CAN_DO.map((what) => said(what, { credential: 'anthropic', budgetUsd: 2, deadlineMinutes: 30 }))).toEqual([
    'the repositories a task names',
    'only to branches called errand/* of these; files of its own sandbox',
    'its model, and the git hosts, 9 trusted hosts',
    'for nothing; the sandbox is its limit',
    'any other host, another run, your files, the machine; no push to main',
    'no secret. The gateway adds anthropic and a git host’s token on the way out',
    'at $2.00, after 30 min or after 15 min without progress, whichever is first',
  ])
})

const hosts = ['a.example', 'b.example', 'c.example', 'd.example']
test.each([
  ['mayCall', { network: 'none' }, 'the demo script, which is no model'],
  [
    'mayCall',
    { credential: 'key', network: 'custom', hosts },
    'its model, and a.example, b.example, c.example and 1 more',
  ],
  [
    'mayCall',
    { credential: 'key', hosts: ['a.example'] },
    'its model, and the git hosts, 9 trusted hosts and a.example',
  ],
  ['mayCall', { credential: 'key', network: 'full' }, 'its model, and every host of the internet'],
  ['mayCall', { runtime: 'script', network: 'none' }, 'nobody'],
  ['asksFirst', { autonomy: 'plan', network: 'none' }, 'before it starts: you approve its plan'],
  [
    'asksFirst',
    { autonomy: 'ask', allowedTools: ['Bash(npm test:*)'] },
    'before a command that does more than read, except Bash(npm test:*), and for a host that is not on its list',
  ],
  ['asksFirst', { onBlockedHost: 'ask' }, 'for a host that is not on its list'],
  ['asksFirst', { autonomy: 'ask', onBlockedHost: 'refuse' }, 'before a command that does more than read'],
  [
    'never',
    { network: 'full' },
    'an address of a private network, another run, your files, the machine; no push to main',
  ],
  ['holds', { runtime: 'script' }, 'no secret. The gateway adds a git host’s token on the way out'],
  [
    'reads',
    { repositories: [{ repository: 'local/app' }], env: { CI: '1' } },
    'local/app, unless a task names others, and 1 variable of its own',
  ],
  [
    'stops',
    { maxTurns: 40, deadlineMinutes: 90 },
    'at $5.00, after 1 h 30 min, after 40 turns or after 15 min without progress, whichever is first',
  ],
] as const)('%s: %j', (what, spec, words) => {
  expect(said(what, spec)).toBe(words)
})

test('a script costs nothing and asks nobody', () => {
  expect(said('stops', { runtime: 'script' })).not.toContain('$')
  expect(said('asksFirst', { runtime: 'script' })).toBe('for nothing; the sandbox is its limit')
})

test('the tools of its MCP servers are counted by what its rules say, and their credentials are named', () => {
  const spec = agentSpecSchema.parse({
    runtime: 'claude-code',
    credential: 'anthropic',
    mcp: [
      {
        server: 'github',
        rules: [
          { tools: ['delete_*'], then: 'deny' },
          { tools: ['merge'], then: 'ask' },
          { tools: ['push'], where: { branch: ['main'] }, then: 'deny' },
        ],
      },
    ],
  })
  const tools = ['get', 'delete_branch', 'merge', 'push'].map((tool) => ({ tool, annotations: undefined }))
  const around = { trustedHosts: 9, servers: [{ name: 'github', tools, credentials: ['github-app'] }] }
  const words = whatItCanDo(spec, around)
  expect(phraseText(words.mayCall)).toBe('its model, 3 tools of github, and the git hosts, 9 trusted hosts')
  expect(phraseText(words.asksFirst)).toBe('for 1 tool and for 1 tool by their arguments')
  expect(phraseText(words.never)).toContain('1 tool, any other host')
  expect(phraseText(words.holds)).toContain('anthropic, github-app and a git host')
  expect(phraseText(whatItCanDo(spec, { trustedHosts: 9 }).mayCall)).toContain('its model, tools of github')
})
