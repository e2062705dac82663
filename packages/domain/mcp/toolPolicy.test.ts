import { type McpUse, mcpUseSchema } from '@errand/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideTool, isToolHidden, matchesGlob } from './toolPolicy.ts'

const use = (rules: unknown[], otherwise: McpUse['otherwise'] = 'allow') =>
  mcpUseSchema.parse({ server: 'github', rules, otherwise })
const verdict = (policy: McpUse, tool: string, given: Record<string, unknown> = {}, annotations = {}) =>
  decideTool(policy, { tool, annotations, arguments: given }).verdict

const OWN_REPOSITORIES = use(
  [
    { hint: 'readOnly', then: 'allow' },
    { tools: ['delete_*'], then: 'deny' },
    { tools: ['create_issue'], where: { 'repository.owner': ['acme', 'acme-*'] }, then: 'allow' },
    { tools: ['pay'], where: { amount: { max: 100 } }, then: 'allow' },
    { tools: ['pay'], then: 'ask' },
  ],
  'ask',
)

describe('the first rule that fits decides', () => {
  test.each([
    ['by what the server claims', 'list_issues', {}, { readOnlyHint: true }, 'allow'],
    ['by name', 'delete_repository', {}, {}, 'deny'],
    ['by an argument', 'create_issue', { repository: { owner: 'acme' } }, {}, 'allow'],
    ['by a pattern of one', 'create_issue', { repository: { owner: 'acme-web' } }, {}, 'allow'],
    ['not by an argument that is another', 'create_issue', { repository: { owner: 'other' } }, {}, 'ask'],
    ['not by an argument that is missing', 'create_issue', {}, {}, 'ask'],
    ['not by an argument of another form', 'create_issue', { repository: { owner: { name: 'acme' } } }, {}, 'ask'],
    ['not by a list with one that does not fit', 'create_issue', { repository: { owner: ['acme', 'x'] } }, {}, 'ask'],
    ['by an amount', 'pay', { amount: 100 }, {}, 'allow'],
    ['not by an amount beyond it', 'pay', { amount: 100.01 }, {}, 'ask'],
    ['not by an amount in words', 'pay', { amount: '1' }, {}, 'ask'],
    ['and what none fits goes by the rest', 'anything', {}, {}, 'ask'],
  ] as const)('%s', (_, tool, given, annotations, expected) => {
    expect(verdict(OWN_REPOSITORIES, tool, given, annotations)).toBe(expected)
  })

  test('an argument whose own name has dots cannot hide behind one that is nested', () => {
    const policy = use([{ where: { 'a.b': ['good'] }, then: 'allow' }], 'deny')
    expect(verdict(policy, 't', { 'a.b': 'bad', a: { b: 'good' } })).toBe('deny')
  })

  test('nothing is read from what an object inherits', () => {
    expect(verdict(use([{ where: { constructor: ['*'] }, then: 'allow' }], 'deny'), 't', {})).toBe('deny')
  })
})

test('only what is denied whatever its arguments is hidden', () => {
  const hidden = (policy: McpUse, tool: string) => isToolHidden(policy, { tool, annotations: undefined })
  expect(hidden(OWN_REPOSITORIES, 'delete_repository')).toBe(true)
  expect(hidden(OWN_REPOSITORIES, 'pay')).toBe(false)
  const rest = use([{ tools: ['read_*'], then: 'allow' }], 'deny')
  expect([hidden(rest, 'read_file'), hidden(rest, 'write_file')]).toEqual([false, true])
  const partly = use([{ tools: ['push'], where: { branch: ['main'] }, then: 'deny' }])
  expect(hidden(partly, 'push')).toBe(false)
})

test('a tool that is hidden is denied with any arguments', () => {
  const rule = fc.record(
    {
      tools: fc.array(fc.constantFrom('a', 'b*', '*', '?'), { minLength: 1, maxLength: 2 }),
      where: fc.constant({ x: ['1'] }),
      then: fc.constantFrom('allow', 'ask', 'deny'),
    },
    { requiredKeys: ['then'] },
  )
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 5 }),
      fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
      fc.constantFrom('a', 'bc', 'd'),
      fc.constantFrom({}, { x: '1' }, { x: '2' }),
      (rules, otherwise, tool, given) => {
        const policy = use(rules, otherwise)
        if (isToolHidden(policy, { tool, annotations: undefined })) expect(verdict(policy, tool, given)).toBe('deny')
      },
    ),
  )
})

test('globs match as a regular expression would, and never take long', () => {
  const part = fc.constantFrom('a', 'b', '*', '?')
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }),
      (p, t) => {
        const expected = new RegExp(`^${p.join('').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(t.join(''))
        expect(matchesGlob(p.join(''), t.join(''))).toBe(expected)
      },
    ),
  )
  const began = performance.now()
  matchesGlob('*a'.repeat(400), 'a'.repeat(399) + 'b'.repeat(20_000))
  expect(performance.now() - began).toBeLessThan(2_000)
})
