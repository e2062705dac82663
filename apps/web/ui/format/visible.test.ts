import { expect, test } from 'vitest'
import { visible } from './visible.ts'

test('a name that only looks like another shows what it is', () => {
  expect(visible('invoice\u202Egpj.exe')).toBe('invoice⟨U+202E⟩gpj.exe')
  expect(visible('a\nb\u0000')).toBe('a⟨↵⟩b⟨U+0000⟩')
  expect(visible('pay\u200Bpal')).toBe('pay⟨U+200B⟩pal')
})

test('any script, emoji and tabs in code stay as they are', () => {
  expect(visible('für/日本/שלום 👩‍💻.md')).toBe('für/日本/שלום 👩‍💻.md')
  expect(visible('\tx', { keepTabs: true })).toBe('\tx')
})
