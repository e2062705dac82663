/**
 * Text that came out of a sandbox, made safe for a terminal: no escape sequence and no control character of it is
 * ever printed, so a repository or a model cannot move the cursor, rewrite what is above or set the clipboard.
 */
export function plain(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, '').replaceAll('\t', '    ')
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plain(text.replace(/\s*\r?\n\s*/g, ' ')).trim()
}

// Whole escape sequences first (CSI, OSC up to its end, two-character ones), then whatever control character is left.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
// Bidirectional overrides are in it too: they make a path or a command read as another one.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** `840 ms`, `4.2 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.round(ms / 100) / 10
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(ms / 1000)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** `512 B`, `1.2 kB`, `300 MB`: powers of ten, as file managers count. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  // 999.95 would be written as 1000.0 of the smaller unit.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `950`, `12.3k`, `1.2M`. */
export function count(n: number): string {
  if (n < 1000) return String(n)
  return n < 999_950 ? `${(n / 1000).toFixed(1)}k` : `${(n / 1_000_000).toFixed(1)}M`
}

/** Cents from one cent on, below that enough digits to be more than zero. */
export function money(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(4)}`
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** Cut to a width with `…`; the beginning of a line says more than its end. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

/** `2026-12-22` of an ISO date, in UTC. */
export function day(iso: string): string {
  return iso.slice(0, 10)
}

/** `2026-12-22 14:03` of an ISO date, in UTC. */
export function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
}
