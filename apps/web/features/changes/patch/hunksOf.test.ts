import { expect, test } from 'vitest'
import { firstLines, hunksOf, withoutWhitespace } from './hunksOf.ts'

const signs = (hunks: ReturnType<typeof hunksOf>): string[] =>
  hunks.flatMap(({ changes }) =>
    changes.map(({ type, content }) => `${{ insert: '+', delete: '-', normal: ' ' }[type]}${content}`),
  )

test('lines keep their numbers on both sides, also without a line end at the end', () => {
  const [hunk] = hunksOf({ body: '@@ -17,2 +17,3 @@ describe("x")\n a\n-b\n\\ No newline at end of file\n+b\n+c\n' })
  expect(hunk?.content).toBe('@@ -17,2 +17,3 @@ describe("x")')
  expect(hunk?.changes).toMatchObject([
    { type: 'normal', oldLineNumber: 17, newLineNumber: 17 },
    { type: 'delete', lineNumber: 18 },
    { type: 'insert', lineNumber: 18 },
    { type: 'insert', lineNumber: 19 },
  ])
})

test('what would hide something in a line is seen, and an endless line is cut', () => {
  const [hunk] = hunksOf({ body: `@@ -0,0 +1,2 @@\n+if (admin\u202E) {\r\n+${'x'.repeat(5_000)}\n` })
  expect(hunk?.changes[0]?.content).toBe('if (admin⟨U+202E⟩) {')
  expect(hunk?.changes[1]?.content).toMatch(/^x{2000} … 3000 more characters$/)
})

test('lines that differ in white space alone are unchanged, whatever stands around them', () => {
  const body = '@@ -1,4 +1,5 @@\n-if (a) {\n-  b()\n-c\n+if (a)  {\n+new\n+\tb()\n+d\n e\n'
  expect(signs(withoutWhitespace(hunksOf({ body })))).toEqual([' if (a)  {', '+new', ' \tb()', '-c', '+d', ' e'])
})

test('a hunk of white space alone is gone', () => {
  expect(withoutWhitespace(hunksOf({ body: '@@ -1 +1 @@\n-a b\n+a  b\n' }))).toEqual([])
})

test('a huge file comes a piece at a time', () => {
  const body = '@@ -0,0 +1,6 @@\n+a\n+b\n+c\n+d\n+e\n+f\n'
  const { hunks, left } = firstLines(hunksOf({ body }), 4)
  expect(signs(hunks)).toEqual(['+a', '+b', '+c', '+d'])
  expect(left).toBe(2)
})
