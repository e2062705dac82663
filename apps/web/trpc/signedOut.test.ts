import { expect, test } from 'vitest'
import { placeAfter } from './signedOut.ts'

test('after signing in one goes on to a place of Errand', () => {
  expect(placeAfter('/runs/run1?tab=changes#file')).toBe('/runs/run1?tab=changes#file')
})

test('and to no other site, however the address is written', () => {
  for (const next of [
    '//evil.example/x',
    'https://evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '',
    null,
  ])
    expect(placeAfter(next)).toBe('/')
})

test('not to the sign-in page again', () => {
  expect(placeAfter('/sign-in?next=/')).toBe('/')
})
