const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether a year of the Gregorian calendar has a 29 February. */
export function isLeapYear(year) {
  return year % 4 === 0 && year % 100 !== 0
}

/** How many days a month has; January is 1. */
export function daysInMonth(year, month) {
  return month === 2 && isLeapYear(year) ? 29 : MONTH_LENGTHS[month - 1]
}

/** The day after a day. */
export function nextDay({ year, month, day }) {
  if (day < daysInMonth(year, month)) return { year, month, day: day + 1 }
  if (month < 12) return { year, month: month + 1, day: 1 }
  return { year: year + 1, month: 1, day: 1 }
}
