import { Fault } from '@errand/contracts'
import { expect, test } from 'vitest'
import { readConfig, SETTINGS } from './config.ts'

test('needs no variable at all', () => {
  expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 8470, databaseUrl: null, mayRunUnisolated: false })
})

test('an empty variable is an unset one', () => {
  expect(readConfig({ ERRAND_PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 8470, databaseUrl: null })
})

test('only the whole ugly sentence takes the wall away', () => {
  expect(() => readConfig({ ERRAND_ALLOW_UNISOLATED_AGENTS: 'yes' })).toThrow(/ERRAND_ALLOW_UNISOLATED_AGENTS/)
  expect(
    readConfig({ ERRAND_ALLOW_UNISOLATED_AGENTS: 'i-understand-that-agents-can-read-my-files' }).mayRunUnisolated,
  ).toBe(true)
})

test('names every variable that does not fit, and repeats none of their values', () => {
  const read = () =>
    readConfig({ ERRAND_PORT: 'http', ERRAND_LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://me:hunter2@db' })
  expect(read).toThrow(Fault)
  expect(read).toThrow(/ERRAND_PORT: .*ERRAND_LOG_LEVEL: .*DATABASE_URL: /)
  expect(read).not.toThrow(/hunter2/)
})

test('every setting says what it is for', () => {
  for (const [name, { says }] of Object.entries(SETTINGS)) expect(`${name}: ${says}`).toMatch(/\.$/)
})
