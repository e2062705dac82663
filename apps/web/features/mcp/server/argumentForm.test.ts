import { expect, test } from 'vitest'
import { argumentsOf, formOf } from './argumentForm.ts'

const form = formOf({
  type: 'object',
  required: ['path', 'limit'],
  properties: {
    path: { type: 'string', description: 'Where' },
    limit: { type: 'integer', default: 10 },
    deep: { type: 'boolean' },
    order: { enum: ['asc', 'desc'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
})

test('a schema becomes a form', () => {
  expect(form.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
    ['path', 'text', true],
    ['limit', 'whole', true],
    ['deep', 'boolean', false],
    ['order', 'choice', false],
    ['tags', 'json', false],
  ])
  expect(form[1]?.placeholder).toBe('10')
})

test('what is typed becomes arguments of their kinds, and an empty field none', () => {
  expect(argumentsOf(form, { path: '/a', limit: '3', deep: 'true', tags: '["x"]' })).toEqual({
    value: { path: '/a', limit: 3, deep: true, tags: ['x'] },
    wrong: {},
  })
})

test('what does not fit is said at its field', () => {
  const { wrong } = argumentsOf(form, { limit: '1.5', tags: 'x, y' })
  expect(Object.keys(wrong)).toEqual(['limit', 'tags'])
  expect(Object.keys(argumentsOf(form, {}).wrong)).toEqual(['limit'])
})

test('a schema of any shape breaks nothing', () => {
  expect(formOf({})).toEqual([])
  expect(formOf({ properties: { a: true, b: null } }).map(({ kind }) => kind)).toEqual(['json', 'json'])
})
