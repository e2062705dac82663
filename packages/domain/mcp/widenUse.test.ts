import type { McpToolRule } from '@errand/contracts'
import { expect, test } from 'vitest'
import { decideTool } from './toolPolicy.ts'
import { widenUse } from './widenUse.ts'

const ask: McpToolRule = { tools: ['pay*'], where: { amount: { max: 100 } }, then: 'ask' }
const rules: McpToolRule[] = [{ tools: ['pay_back'], then: 'deny' }, ask, { tools: ['pay*'], then: 'deny' }]

test('“always” allows as much as was asked about, and what other rules deny stays denied', () => {
  const made = widenUse({ rules }, 'pay', ask)
  const wider = rules.toSpliced(made?.at ?? 0, 0, ...(made === null ? [] : [made.rule]))
  const verdict = (tool: string, amount: number) =>
    decideTool({ rules: wider, otherwise: 'ask' }, { tool, annotations: undefined, arguments: { amount } }).verdict
  expect([verdict('pay', 5), verdict('pay', 500), verdict('pay_back', 5), verdict('pay_more', 5)]).toEqual([
    'allow',
    'deny',
    'deny',
    'ask',
  ])
  expect(widenUse({ rules: wider }, 'pay', ask)).toBeNull()
})

test('where no rule asked, and where the rule that did is gone, it goes last', () => {
  expect(widenUse({ rules }, 'read', null)).toEqual({ rule: { tools: ['read'], then: 'allow' }, at: 3 })
  expect(widenUse({ rules: [] }, 'pay', ask)?.at).toBe(0)
})
