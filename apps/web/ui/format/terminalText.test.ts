import { expect, test } from 'vitest'
import { terminalText } from './terminalText.ts'

const E = '\u001B'

const cases = {
  'colours go': [`${E}[31mred${E}[0m`, 'red'],
  'moves of the cursor and clearing go': [`a${E}[2J${E}[1;1Hb`, 'ab'],
  'a title that a terminal would take goes whole': [`${E}]0;rm -rf${'\u0007'}x`, 'x'],
  'a link shows its words alone': [`${E}]8;;https://evil.example${E}\\click${E}]8;;${E}\\`, 'click'],
  'the clipboard is not written': [`${E}]52;c;aGFjaw==${'\u0007'}x`, 'x'],
  'an unfinished sequence takes what it began': [`a${E}]0;never ends`, 'a'],
  'the one-byte forms go too': ['a\u009B31mb', 'ab'],
  'a line that was written over shows its last state': ['10%\r50%\r100%\nok', '100%\nok'],
  'Windows line ends are line ends': ['a\r\nb\r\n', 'a\nb\n'],
  'bells and zero bytes go, tabs stay': ['a\u0007\u0000\tb', 'a\tb'],
} as const

test.each(Object.entries(cases))('%s', (_, [given, shown]) => {
  expect(terminalText(given)).toBe(shown)
})

test('colours alone can stay', () => {
  expect(terminalText(`${E}[1;31mred${E}[0m${E}[2K${E}]0;t\u0007`, { colours: true })).toBe(`${E}[1;31mred${E}[0m`)
})
