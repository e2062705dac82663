const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time as a person says it: `0.8 s`, `42 s`, `6 min 40 s`, `3 h 5 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const left = Math.max(0, ms)
  if (left < 9_950) return `${(left / SECOND).toFixed(1).replace(/\.0$/, '')} s`
  const seconds = Math.round(left / SECOND)
  if (seconds < 60) return `${seconds} s`
  if (left < HOUR) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.floor(left / MINUTE)
  if (left < DAY) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.floor(left / HOUR)
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** How long something took to answer: `38 ms`, from a second on as any length of time. */
export function latency(ms: number): string {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : duration(ms)
}

/** The same in one unit, for a column: `42 s`, `6 min`, `3 h`, `12 d`. Rounds down: nothing is older than it is. */
export function roughly(ms: number): string {
  const left = Math.max(0, ms)
  if (left < MINUTE) return `${Math.floor(left / SECOND)} s`
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min`
  if (left < 2 * DAY) return `${Math.floor(left / HOUR)} h`
  return `${Math.floor(left / DAY)} d`
}

/** `6 min ago`; a moment ahead is `in 6 min`, and what is seconds away from now is `now`. */
export function ago(at: string | Date, now: number): string {
  const passed = now - timeOf(at)
  if (Math.abs(passed) < 2 * SECOND) return 'now'
  return passed > 0 ? `${roughly(passed)} ago` : `in ${roughly(-passed)}`
}

/** `14:02` today, `yesterday 14:02`, `Mon 14:02` within the last week, else `3 Mar` or `3 Mar 2025`. */
export function clock(at: string | Date, { now, zone }: { now: number; zone: string }): string {
  const time = timeOf(at)
  const hour = part(time, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const daysAgo = dayNumber(now, zone) - dayNumber(time, zone)
  if (daysAgo === 0) return hour
  if (daysAgo === 1) return `yesterday ${hour}`
  if (daysAgo === -1) return `tomorrow ${hour}`
  if (daysAgo > 1 && daysAgo < 7) return `${part(time, zone, { weekday: 'short' })} ${hour}`
  return day(at, { now, zone })
}

/** `3 Mar`, with its year when that is not this one. */
export function day(at: string | Date, { now, zone }: { now: number; zone: string }): string {
  const time = timeOf(at)
  const isThisYear = part(time, zone, { year: 'numeric' }) === part(now, zone, { year: 'numeric' })
  return part(time, zone, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) })
}

/** `14:02:07`, for the rows of a timeline. */
export function clockWithSeconds(at: string | Date, zone: string): string {
  return part(timeOf(at), zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

/** The whole truth, for a title: `3 March 2026, 14:02:07 CET`. */
export function exactly(at: string | Date, zone: string): string {
  const time = timeOf(at)
  const date = part(time, zone, { day: 'numeric', month: 'long', year: 'numeric' })
  return `${date}, ${part(time, zone, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })}`
}

function timeOf(at: string | Date): number {
  return typeof at === 'string' ? Date.parse(at) : at.getTime()
}

function two(many: number, unit: string, few: number, smaller: string): string {
  return few === 0 ? `${many} ${unit}` : `${many} ${unit} ${few} ${smaller}`
}

/** Days since 1970 in the reader's zone: two times lie on the same day when these are equal. */
function dayNumber(time: number, zone: string): number {
  const [year, month, date] = part(time, zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE').split(
    '-',
  )
  return Math.round(Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY)
}

function part(time: number, zone: string, options: Intl.DateTimeFormatOptions, locale = 'en-GB'): string {
  const key = `${locale} ${zone} ${Object.entries(options).join()}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })
  formats.set(key, format)
  return format.format(time)
}

/** To make one takes longer than all else that a row of a list costs; there are as few as zones times ways to write. */
const formats = new Map<string, Intl.DateTimeFormat>()
