import { expect, test } from 'vitest'
import { hostsIn } from './hostLines.ts'
import { numberIn } from './numberIn.ts'

test('a number is taken as it was typed, or the range is named', () => {
  expect(numberIn(' 30 ', { min: 1, max: 100 })).toEqual({ value: 30, error: null })
  expect(numberIn('', { min: 1, max: 100, mayBeEmpty: true })).toEqual({ value: null, error: null })
  for (const wrong of ['', '0', '101', '1.5', '3 days', '-1'])
    expect(numberIn(wrong, { min: 1, max: 100 }).error).toBe('A whole number from 1 to 100.')
})

test('hosts are read a line each, once, in small letters', () => {
  expect(hostsIn('Example.org\n*.a.example, example.org\n', 'any').hosts).toEqual(['example.org', '*.a.example'])
})

test('a whole address is told what of it is the host', () => {
  expect(hostsIn('https://api.payments.example/v1', 'any').error).toBe(
    'https://api.payments.example/v1: write only the host: api.payments.example.',
  )
  expect(hostsIn('git.lan', 'with-port').error).toContain('git.lan:3000')
})
