import { expect, it } from 'vitest'
import { storableJson } from './storableJson.ts'

const cases: Record<string, [string, unknown]> = {
  'leaves ordinary text as it is': ['{"a":"plain \\u00e9 \\ud83d\\ude00"}', { a: 'plain \u00e9 \u{1f600}' }],
  'replaces a NUL': ['{"a":"x\\u0000y"}', { a: 'x\ufffdy' }],
  'replaces half of a surrogate pair': ['["\\uD83D cut"]', ['\ufffd cut']],
  'keeps a backslash-u that the agent printed as text': ['{"a":"\\\\u0000"}', { a: '\\u0000' }],
  'is null for what is no JSON': ['{"a":', null],
}
for (const [title, [text, value]] of Object.entries(cases)) it(title, () => expect(storableJson(text)).toEqual(value))
