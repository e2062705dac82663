import { expect, test } from 'vitest'
import { splitDocuments } from './documents.ts'

const sources = (text: string) => splitDocuments(text).map(({ source }) => source)

test('documents keep every byte between their separators', () => {
  expect(splitDocuments('kind: Agent\n# note\n---\nkind: Credential\n')).toEqual([
    { source: 'kind: Agent\n# note\n', line: 1 },
    { source: 'kind: Credential\n', line: 4 },
  ])
})

test('what is written before the first document stays with it, so that the file comes back as it was', () => {
  const text = '# ours\n---\na: 1\n---\nb: 2'
  expect(sources(text)).toEqual(['# ours\n---\na: 1\n', 'b: 2'])
  expect(sources(text).join('---\n')).toBe(text)
})

test('a line that only begins with dashes separates nothing', () => {
  expect(sources('setup: |\n  ---\n  ----\na: "---"\n')).toHaveLength(1)
})

test('an empty file and a trailing separator hold no document', () => {
  expect(sources('')).toEqual([])
  expect(sources('# nothing\n---\n')).toEqual([])
  expect(sources('a: 1\n---\n')).toEqual(['a: 1\n'])
})
