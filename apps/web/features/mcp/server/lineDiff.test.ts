import { expect, test } from 'vitest'
import { lineDiff } from './lineDiff.ts'

const marks = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${kind === 'same' ? ' ' : kind === 'gone' ? '-' : '+'}${text}`)

test.each([
  ['nothing before', '', 'a\nb', ['+a', '+b']],
  ['a line changed', 'a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
  ['a line moved in', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
  ['nothing after', 'a', '', ['-a']],
])('%s', (_, before, after, lines) => {
  expect(marks(before, after)).toEqual(lines)
})
