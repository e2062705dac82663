import { expect, test } from 'vitest'
import { zipNames } from './zipNames.ts'

test('plain names and folders stay as they are', () => {
  expect(zipNames(['report.md', 'shots/one.png', '.env', 'für/ß.txt'])).toEqual([
    'report.md',
    'shots/one.png',
    '.env',
    'für/ß.txt',
  ])
})

test('what a system does not take, or what hides an ending, becomes an underscore', () => {
  expect(zipNames(['a\nb.md', 'C:\\x', 'invoice\u202Egpj.exe', '<b>"|?*'])).toEqual([
    'a_b.md',
    'C__x',
    'invoice_gpj.exe',
    '_b_____',
  ])
})

test('names that would be the same file somewhere are told apart', () => {
  expect(zipNames(['a.md', 'A.md', 'a.md', 'a (2).md', 'f', 'f'])).toEqual([
    'a.md',
    'A (2).md',
    'a (3).md',
    'a (2) (2).md',
    'f',
    'f (2)',
  ])
})
