import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daysInMonth, isLeapYear, nextDay } from '../src/calendar.js'

test('every fourth year is a leap year', () => {
  assert.equal(isLeapYear(2024), true)
  assert.equal(isLeapYear(2023), false)
})

test('a full century is not a leap year', () => {
  assert.equal(isLeapYear(1900), false)
})

test('every fourth century is a leap year after all', () => {
  assert.equal(isLeapYear(2000), true)
})

test('February has 28 days in a common year', () => {
  assert.equal(daysInMonth(2023, 2), 28)
})

test('the last day of a year is followed by the first of the next', () => {
  assert.deepEqual(nextDay({ year: 1999, month: 12, day: 31 }), { year: 2000, month: 1, day: 1 })
})
