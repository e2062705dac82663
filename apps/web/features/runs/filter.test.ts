import { expect, test } from 'vitest'
import { addressOf, filterOf, NO_FILTER, type RunFilter } from './filter.ts'
import { filterWords } from './findRuns.ts'

const CASES: readonly RunFilter[] = [
  { text: 'redis & more', show: 'all', repository: null, agent: null },
  { text: '', show: 'running', repository: 'https://git.example/acme/app', agent: 'fixer' },
  { text: '', show: 'archived', repository: null, agent: null },
]

test('the address holds the whole filter', () => {
  for (const filter of CASES) expect(filterOf(new URLSearchParams(addressOf(filter).slice(2)))).toEqual(filter)
})

test('no filter is the plain address, and all runs in one list is another', () => {
  expect(addressOf(NO_FILTER)).toBe('/')
  expect(filterOf(new URLSearchParams(''))).toBeNull()
  expect(filterOf(new URLSearchParams(addressOf(NO_FILTER, true).slice(2)))).toEqual(NO_FILTER)
})

test('a link that fills the form is no filter, and nonsense shows everything', () => {
  expect(filterOf(new URLSearchParams('prompt=x&agent=y&repos=z'))).toBeNull()
  expect(filterOf(new URLSearchParams('show=nonsense'))?.show).toBe('all')
})

test('a saved filter is called by what it finds', () => {
  expect(filterWords({ text: 'redis', show: 'running', repository: 'local/app', agent: null })).toBe(
    'Running in local/app: “redis”',
  )
})
