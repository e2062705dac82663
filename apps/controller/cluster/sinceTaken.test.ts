import { expect, test } from 'vitest'
import { sinceTaken } from './sinceTaken.ts'

const started = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-01T06:00:00Z')

test('a warm sandbox that has waited for hours is not taken for one that never reported', () => {
  expect(sinceTaken({ kind: 'running', since: started }, later)).toEqual({ kind: 'running', since: later })
})

test('a sandbox that was made for its run is as old as its pod', () => {
  expect(sinceTaken({ kind: 'running', since: later }, started)).toEqual({ kind: 'running', since: later })
  expect(sinceTaken({ kind: 'running', since: started }, null)).toEqual({ kind: 'running', since: started })
  expect(sinceTaken({ kind: 'nothing' }, later)).toEqual({ kind: 'nothing' })
})
