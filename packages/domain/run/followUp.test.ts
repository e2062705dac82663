import { expect, test } from 'vitest'
import { followUpPrompt } from './followUp.ts'
import { titleOf } from './title.ts'

const base = {
  text: '',
  comments: [],
  task: '# Fix the date tests\n\nAll of them.',
  continued: ['local/app'],
  maxTaskChars: 1_000,
}
const comment = {
  repository: 'local/app',
  path: 'test/dates.test.ts',
  line: 22,
  side: 'new',
  quote: 'for (const zone of zones)',
  text: 'Also a zone with a half-hour offset.',
} as const

test('what the person wants comes first and names the run; the earlier task comes last', () => {
  const prompt = followUpPrompt({ ...base, text: ' Also try February. ' })
  expect(titleOf(prompt)).toBe('Also try February.')
  expect(prompt).toBe(
    'Also try February.\n\n---\nThis goes on with the work of an earlier run, which is checked out in local/app. Its task was:\n\n# Fix the date tests\n\nAll of them.',
  )
})

test('comments come with their place and the line that they are about', () => {
  const prompt = followUpPrompt({ ...base, comments: [comment, { ...comment, line: 3, side: 'old', quote: '' }] })
  expect(titleOf(prompt)).toBe('Address 2 comments on: Fix the date tests')
  expect(prompt).toContain(
    'test/dates.test.ts, line 22:\n> for (const zone of zones)\nAlso a zone with a half-hour offset.',
  )
  expect(prompt).toContain('test/dates.test.ts, line 3 before the change:\nAlso')
})

test('with several repositories each place names its own', () => {
  const prompt = followUpPrompt({ ...base, comments: [comment, { ...comment, repository: 'local/docs', line: null }] })
  expect(prompt).toContain('test/dates.test.ts in local/docs:')
})

test('a long task is shortened, never what the person says now', () => {
  const prompt = followUpPrompt({ ...base, text: 'go on', task: 'x'.repeat(50), maxTaskChars: 10, continued: [] })
  expect(prompt).toMatch(/^go on\n[\s\S]*left no work on a branch[\s\S]*\nx{9}…$/)
})
