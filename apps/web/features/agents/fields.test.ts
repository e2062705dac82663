import { type AgentSpec, agentSpecSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { changesBetween, isSame } from './changes.ts'
import { type FieldName, FIELDS, valueOf, withField } from './fields.ts'
import { LAYOUT } from './layout.ts'

const claude = agentSpecSchema.parse({
  runtime: 'claude-code',
  description: 'Mends things.',
  credential: 'anthropic',
  model: 'sonnet',
  systemPrompt: 'Be brief.\n',
  maxTurns: 40,
  budgetUsd: 2.5,
  outputSchema: { type: 'object' },
  repositories: [{ repository: 'local/app' }, { repository: 'https://git.example/a.git', branch: 'next' }],
  setup: 'npm ci',
  verify: 'npm test',
  network: 'custom',
  hosts: ['a.example', '*.b.example'],
  env: { CI: '1', WITH: 'a=b', TWO: 'a\nb', QUOTED: '"x"' },
  deadlineMinutes: 90,
  noProgressMinutes: 7.5,
  memoryMib: 6144,
  cpus: 1.5,
  pids: 99,
  autonomy: 'ask',
  allowedTools: ['Bash(npm test:*)'],
  mcp: [{ server: 'linear', rules: [{ tools: ['create_*'], then: 'ask' }], otherwise: 'allow' }],
  onBlockedHost: 'ask',
  answerMinutes: 120,
})

const names = Object.keys(FIELDS) as FieldName[]

test.each(names)('%s reads back what it shows, set and not set', (name) => {
  const { control } = FIELDS[name]
  if (control.kind === 'choice' || control.kind === 'own') return
  const value = valueOf(claude, name)
  expect(control.codec.read(control.codec.show(value))).toEqual({ kind: 'value', value })
})

test('every field stands in the form, once', () => {
  expect(LAYOUT.flatMap(({ fields }) => fields).toSorted()).toEqual(names.toSorted())
})

const typed = {
  deadlineMinutes: { '2 h': 120, '1 h 30 min': 90, '45': 45, '0': null, soon: null, '': null, '25 h': null },
  memoryMib: { '4 GiB': 4096, '512': 512, '1.5 g': 1536, '1 MiB': null, lots: null },
  budgetUsd: { $2: 2, '0.50': 0.5, '0': null, free: null },
  maxTurns: { '': undefined, '12': 12, '0': null },
  env: { 'A=1\nB=': { A: '1', B: '' }, 'a=1': null },
  repositories: { 'local/a main': [{ repository: 'local/a', branch: 'main' }], 'a b c': null },
  outputSchema: { '{}': {}, '[]': null, '{': null },
} satisfies Partial<Record<FieldName, Record<string, unknown>>>

test.each(
  Object.entries(typed).flatMap(([name, cases]) => Object.entries(cases).map((one) => [name, ...one] as const)),
)('%s, typed as %j', (name, text, value) => {
  const { control } = FIELDS[name as FieldName]
  if (control.kind === 'choice' || control.kind === 'own') throw new Error('no text')
  const read = control.codec.read(text)
  expect(read.kind === 'wrong' ? null : read.value).toEqual(value)
})

test('changes are told old and new, in words', () => {
  const after = agentSpecSchema.parse(withField(withField(claude, 'budgetUsd', 4), 'model', undefined))
  expect(changesBetween(claude, after)).toEqual([
    { name: 'model', label: 'Model', before: 'sonnet', after: null },
    { name: 'budgetUsd', label: 'Stops at', before: '$2.50', after: '$4.00' },
  ])
})

test('another order of the same is no change', () => {
  const turned = Object.fromEntries(Object.entries(claude).toReversed()) as AgentSpec
  expect(changesBetween(claude, turned)).toEqual([])
  expect(isSame(undefined, undefined)).toBe(true)
})
