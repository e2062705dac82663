import { expect, test } from 'vitest'
import { previewOf, typeWords } from './previewOf.ts'

const file = (name: string, more: Partial<Parameters<typeof previewOf>[0]> = {}) => ({
  kind: 'file' as const,
  name,
  mediaType: 'application/octet-stream',
  sizeBytes: 10,
  ...more,
})

test('the ending says how it is looked at, the kind what it is', () => {
  expect(previewOf(file('shots/one.PNG'))).toBe('image')
  expect(previewOf(file('a.csv'))).toBe('table')
  expect(previewOf(file('output.log', { kind: 'log' }))).toBe('log')
  expect(previewOf(file('demo.branch.json', { kind: 'branch' }))).toBe('json')
  expect(previewOf(file('notes', { mediaType: 'text/plain; charset=utf-8' }))).toBe('text')
  expect(typeWords(file('report.md', { kind: 'report' }))).toBe('Report')
  expect(typeWords(file('tool.bin'))).toBe('File, bin')
})

test('a page that is not one by its type, and what nobody can look at', () => {
  expect(previewOf(file('page.html'))).toBe('text')
  expect(previewOf(file('page.html', { mediaType: 'text/html; charset=utf-8' }))).toBe('page')
  expect(previewOf(file('tool.exe'))).toBeNull()
  expect(previewOf(file('empty.md', { sizeBytes: 0 }))).toBeNull()
})

test('what is too long to be read whole is shown as text, a piece at a time', () => {
  expect(previewOf(file('huge.json', { sizeBytes: 50_000_000 }))).toBe('text')
  expect(previewOf(file('huge.log', { sizeBytes: 50_000_000_000 }))).toBe('log')
})
