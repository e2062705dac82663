import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinDocuments, splitDocuments } from './splitDocuments.ts'

test('documents are told apart, and comments before one belong to it', () => {
  expect(splitDocuments('# mine\na: 1\n---\n\n# the other\nb: 2\n')).toEqual([
    '# mine\na: 1\n',
    '\n# the other\nb: 2\n',
  ])
  expect(splitDocuments('---\na: 1\n---\nb: 2\n')).toEqual(['---\na: 1\n', 'b: 2\n'])
  expect(splitDocuments('# only a comment\n---\na: 1\n')).toEqual(['# only a comment\n---\na: 1\n'])
  expect(splitDocuments('a: |\n  text\n  --- not a separator\n')).toHaveLength(1)
  expect(splitDocuments('')).toEqual([])
})

test('documents without a last end of line can be joined', () => {
  expect(joinDocuments(['a: 1', 'b: 2'])).toBe('a: 1\n---\nb: 2')
})

const line = fc.constantFrom(
  '---\n',
  '---\r\n',
  '--- # x\n',
  '---',
  '--- ',
  '\n',
  '# c\n',
  'a: 1\n',
  'b: 2',
  '  - x\n',
  '...\n',
  ' \n',
  '----\n',
  '\t\n',
)
const anyText = fc.oneof(
  fc.array(line, { maxLength: 12 }).map((lines) => lines.join('')),
  fc.string(),
)

test('joining what was split gives the same bytes, and splitting again the same documents', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const documents = splitDocuments(text)
      expect(joinDocuments(documents)).toBe(text)
      expect(splitDocuments(joinDocuments(documents))).toEqual(documents)
    }),
    { numRuns: 2_000 },
  )
})
