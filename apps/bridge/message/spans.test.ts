import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceAt, spanOf } from './spans.ts'

test('whatever JSON it is, replacing a value changes that value and nothing else', () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 })
  fc.assert(
    fc.property(members, members, fc.nat({ max: 4 }), (before, after, indent) => {
      const value = { ...before, id: 'old', nested: { ...after, id: [1, { id: 2 }] } }
      const text = JSON.stringify(value, null, indent)
      expect(JSON.parse(replaceAt(text, ['id'], '"new"'))).toEqual({ ...JSON.parse(text), id: 'new' })
      const nested = JSON.parse(replaceAt(text, ['nested', 'id'], '7'))
      expect(nested).toEqual({ ...JSON.parse(text), nested: { ...JSON.parse(text).nested, id: 7 } })
    }),
  )
})

const places = {
  '{"id":1}': '1',
  ' { "a" : "}{\\"" , "id" : "x\\\\" }': '"x\\\\"',
  '{"a":{"id":2},"b":["id",{"id":3}],"id":4}': '4',
  '{"\\u0069d":5}': '5',
  '{"a":{"id":2}}': null,
  '{"id":1,"id":2}': null,
  '[1]': null,
  '{}': null,
}

test.each(Object.entries(places))('finds the id of %s', (text, expected) => {
  const span = spanOf(text, ['id'])
  expect(span === null ? null : text.slice(span.start, span.end)).toBe(expected)
})

test('of a name that is there twice the last one counts, as for every reader in JavaScript, and only that is left', () => {
  expect(replaceAt('{"id":1,"x":1.0,"id":2}', ['id'], '3')).toBe('{"id":3,"x":1}')
})
