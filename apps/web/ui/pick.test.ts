import { expect, test } from 'vitest'
import { matching } from './pick.ts'

const choices = ['acme/docs', 'acme/app', 'local/app', 'apple/pie'].map((label) => ({ value: label, label }))
const found = (query: string) => matching(choices, query).map(({ label }) => label)

test('without a word everything is offered in the given order', () => {
  expect(found('  ')).toEqual(choices.map(({ label }) => label))
})

test('every word must occur, and what begins with the query comes first', () => {
  expect(found('app')).toEqual(['apple/pie', 'acme/app', 'local/app'])
  expect(found('app acme')).toEqual(['acme/app'])
  expect(found('nothing')).toEqual([])
})
