import { expect, test } from 'vitest'
import { inputLines } from './inputLines.ts'
import { errorLine, terminalText, withoutColours } from './terminalText.ts'

test('of what a terminal is told only text and colours stay', () => {
  expect(terminalText('\u001b]0;title\u0007a\u001b[2K\u001b[1;32mok\u001b[0m\u0007')).toBe('a\u001b[1;32mok\u001b[0m')
  expect(terminalText('10 %\r50 %\r100 %\ndone\r\n')).toBe('100 %\ndone\n')
  expect(withoutColours('\u001b[31mred\u001b[0m')).toBe('red')
})

test('the first line that names an error is found, and a line that only speaks of errors is not', () => {
  const text = '0 errors so far\n  TypeError: store.touch is not a function\nError: later'
  const hit = errorLine(text)
  expect(hit === null ? null : text.slice(hit.from, hit.to)).toBe('  TypeError: store.touch is not a function')
  expect(errorLine('all is well')).toBeNull()
})

test('an edit is shown as lines taken away and added, a command as it is typed', () => {
  const edit = JSON.stringify({ file_path: '/w/a.ts', old_string: 'a\nb\n', new_string: 'c\n' })
  expect(inputLines('edit', edit)).toEqual([
    { kind: 'removed', text: '− a' },
    { kind: 'removed', text: '− b' },
    { kind: 'added', text: '+ c' },
  ])
  expect(inputLines('command', '{"command":"ls -l","description":"List"}')).toEqual([{ kind: 'plain', text: 'ls -l' }])
  expect(inputLines('call', '{"query":"limits","n":3}').map(({ text }) => text)).toEqual(['query: limits', 'n: 3'])
  expect(inputLines('command', '{"command":"cut off')).toEqual([{ kind: 'plain', text: '{"command":"cut off' }])
})
