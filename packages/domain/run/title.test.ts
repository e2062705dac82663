import { expect, test } from 'vitest'
import { titleOf } from './title.ts'

test.each([
  ['Fix the flaky date tests', 'Fix the flaky date tests'],
  ['\n\n  Fix it  \nand then\n', 'Fix it'],
  ['# Upgrade\n\nto Node 24', 'Upgrade'],
  ['- one\n- two', 'one'],
  ['---\n***\nAfter a rule', 'After a rule'],
  ['/review the last commit', '/review the last commit'],
  ['***', '***'],
])('%j is called %j', (prompt, title) => {
  expect(titleOf(prompt)).toBe(title)
})

test('a long first line is cut, and never in half a character', () => {
  const title = titleOf(`${'x'.repeat(198)}😀 and more`)
  expect(title.length).toBeLessThanOrEqual(200)
  expect(title.isWellFormed()).toBe(true)
  expect(title.endsWith('…')).toBe(true)
})
