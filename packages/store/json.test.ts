import { expect, test } from 'vitest'
import { isStorable, storable } from './json.ts'

test('what the database refuses is replaced wherever it stands, and nothing else is touched', () => {
  const fine = { text: 'a \\u0000 of letters', list: [1, null, true, { pair: '\ud83d\ude00' }], 'an é': undefined }
  expect(storable(fine)).toBe(fine)
  expect(storable({ text: 'a\0b', list: ['x', { half: '\ud83d' }], ['key\0']: 1 })).toEqual({
    text: 'a\uFFFDb',
    list: ['x', { half: '\uFFFD' }],
    'key\uFFFD': 1,
  })
  expect(storable('\0')).toBe('\uFFFD')
  expect([isStorable(fine), isStorable(['\udc00']), isStorable({ '\0': 1 })]).toEqual([true, false, false])
})
