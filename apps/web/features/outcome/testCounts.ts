import { terminalText } from '../../ui/format/terminalText.ts'

/** How the common runners put it, with the numbers in two groups. */
const PASSED = [/^# pass (\d+)/m, /^ℹ pass (\d+)/m, /^[ \t]*Tests:?[ \t].*?\b(\d+) passed/m, /\b(\d+) pass(?:ed|ing)\b/]
const FAILED = [/^# fail (\d+)/m, /^ℹ fail (\d+)/m, /^[ \t]*Tests:?[ \t].*?\b(\d+) failed/m, /\b(\d+) fail(?:ed|ing)\b/]

/** What the output of a test command says of its tests: `212 passed, 0 failed`. Null when it says nothing of the kind. */
export function testCounts(output: string): string | null {
  const text = terminalText(output)
  const passed = firstNumber(text, PASSED)
  if (passed === null) return null
  return `${passed} passed, ${firstNumber(text, FAILED) ?? 0} failed`
}

function firstNumber(text: string, patterns: readonly RegExp[]): number | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) return Number(found)
  }
  return null
}
