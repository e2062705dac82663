import type { McpToolRule, ToolVerdict } from '@errand/contracts'
import { expect, test } from 'vitest'
import { readRules, ruleText } from './ruleText.ts'
import { countStandings, standingOf, withToolVerdict } from './toolStanding.ts'

const rules = (text: string): McpToolRule[] => {
  const read = readRules(text)
  if (read.kind === 'wrong') throw new Error(read.words)
  return [...read.rules]
}
const tool = (name: string) => ({ tool: name, annotations: undefined })
const allow: ToolVerdict = 'allow'

test.each([
  'deny delete_*',
  'ask *',
  'ask * that destructive',
  'allow create_issue, get_issue when owner is acme and repo is app, web-*',
  'ask pay when amount at least 100 and amount at most 500',
])('a rule is read as it is written: %s', (line) => {
  expect(rules(line).map(ruleText)).toEqual([line])
})

test.each(['forbid x', 'deny', 'ask x that pretty', 'ask x when', 'ask x when amount is', 'ask x when amount over 5'])(
  'what is no rule is told how: %s',
  (line) => {
    expect(readRules(line).kind).toBe('wrong')
  },
)

test('where a tool stands before its arguments are known', () => {
  const policy = { rules: rules('ask pay when amount at least 100\ndeny delete_*'), otherwise: allow }
  expect(standingOf(policy, tool('get'))).toBe('allow')
  expect(standingOf(policy, tool('delete_branch'))).toBe('deny')
  expect(standingOf(policy, tool('pay'))).toBe('depends')
  expect(countStandings(policy, ['get', 'delete_branch', 'pay'].map(tool))).toEqual({
    allow: 1,
    ask: 0,
    deny: 1,
    depends: 1,
  })
})

test('a word about one tool is one rule, and taken back it is none', () => {
  const start = { rules: rules('deny delete_*'), otherwise: allow }
  const asked = withToolVerdict(start, tool('merge'), 'ask')
  expect(asked.map(ruleText)).toEqual(['ask merge', 'deny delete_*'])
  const both = withToolVerdict({ ...start, rules: [...asked] }, tool('push'), 'ask')
  expect(both.map(ruleText)).toEqual(['ask merge, push', 'deny delete_*'])
  const back = withToolVerdict({ ...start, rules: [...both] }, tool('merge'), 'allow')
  expect(back.map(ruleText)).toEqual(['ask push', 'deny delete_*'])
  expect(withToolVerdict(start, tool('delete_x'), 'allow').map(ruleText)).toEqual(['allow delete_x', 'deny delete_*'])
})
