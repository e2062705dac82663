import { numberIn } from '../settings/numberIn.ts'

/** A value of a specification as the text of its field, and back. Absent is an empty field. */
export interface Codec {
  readonly show: (value: unknown) => string
  readonly read: (text: string) => Read
}

export type Read =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly words: string }

const value = (read: unknown): Read => ({ kind: 'value', value: read })
const wrong = (words: string): Read => ({ kind: 'wrong', words })

/** What was typed, or nothing. */
export const text: Codec = {
  show: (held) => (typeof held === 'string' ? held : ''),
  read: (typed) => value(typed.trim() === '' ? undefined : typed),
}

export const line: Codec = {
  show: text.show,
  read: (typed) => value(typed.trim() === '' ? undefined : typed.trim()),
}

/** A whole number with an optional unit behind it: `30`, `30 min`. */
export function whole({
  min,
  max,
  unit = '',
  needed,
}: {
  min: number
  max: number
  unit?: string
  needed: boolean
}): Codec {
  return {
    show: (held) => (typeof held === 'number' ? `${held}${unit === '' ? '' : ` ${unit}`}` : ''),
    read: (typed) => {
      const bare = typed.trim().endsWith(unit) ? typed.trim().slice(0, typed.trim().length - unit.length) : typed
      const { value: read, error } = numberIn(bare, { min, max, mayBeEmpty: !needed })
      return error === null
        ? value(read ?? undefined)
        : wrong(unit === '' ? error : `${error.slice(0, -1)}, in ${unit}.`)
    },
  }
}

/** `90`, `90 min`, `2 h`, `1 h 30 min`. */
export function minutes({ max, needed }: { max: number; needed: boolean }): Codec {
  return {
    show: (held) => (typeof held === 'number' ? minuteWords(held) : ''),
    read: (typed) => {
      const bare = typed.trim().toLowerCase()
      if (bare === '' && !needed) return value(undefined)
      const [, hours, rest] = /^(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*(?:m|min)?)?$/.exec(bare) ?? []
      const read = Number(hours ?? 0) * 60 + Number(rest ?? 0)
      if (bare === '' || (hours === undefined && rest === undefined) || read <= 0 || read > max)
        return wrong(`A time up to ${minuteWords(max)}: 30 min, 2 h.`)
      return value(read)
    },
  }
}

function minuteWords(held: number): string {
  if (held < 60 || !Number.isInteger(held)) return `${held} min`
  const rest = held % 60
  return rest === 0 ? `${held / 60} h` : `${Math.floor(held / 60)} h ${rest} min`
}

/** `$2`, `2.50`. */
export const dollars: Codec = {
  show: (held) => (typeof held === 'number' ? `$${held.toFixed(2)}` : ''),
  read: (typed) => {
    const bare = typed.trim().replace(/^\$/, '')
    const read = /^\d+(\.\d+)?$/.test(bare) ? Number(bare) : 0
    return read > 0 && read <= 100_000 ? value(read) : wrong('A sum in dollars: $2.00.')
  },
}

/** `4 GiB`, `512 MiB`, `512`. */
export const memory: Codec = {
  show: (held) => (typeof held !== 'number' ? '' : held % 1024 === 0 ? `${held / 1024} GiB` : `${held} MiB`),
  read: (typed) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(g|gb|gib|m|mb|mib)?$/i.exec(typed.trim()) ?? []
    const mib = Number(amount ?? 0) * (unit?.toLowerCase().startsWith('g') === true ? 1024 : 1)
    return Number.isInteger(mib) && mib >= 128 ? value(mib) : wrong('128 MiB or more: 512 MiB, 4 GiB.')
  },
}

export const cores: Codec = {
  show: (held) => (typeof held === 'number' ? String(held) : ''),
  read: (typed) => {
    const read = /^\d+(\.\d+)?$/.test(typed.trim()) ? Number(typed) : 0
    return read >= 0.1 && read <= 256 ? value(read) : wrong('From 0.1 to 256.')
  },
}

/** One a line. `whenNone` is what an empty field means. */
export function lines(whenNone: readonly string[] | undefined): Codec {
  return {
    show: (held) => (Array.isArray(held) ? held.join('\n') : ''),
    read: (typed) => {
      const all = linesOf(typed)
      return value(all.length === 0 ? whenNone : [...new Set(all)])
    },
  }
}

/** `local/app`, `https://git.example/team/app.git release`: the address, and a branch behind it. */
export const repositories: Codec = {
  show: (held) =>
    Array.isArray(held)
      ? held
          .map((one: { repository: string; branch?: string }) => [one.repository, one.branch].filter(Boolean).join(' '))
          .join('\n')
      : '',
  read: (typed) => {
    const all = linesOf(typed)
    if (all.length === 0) return value(undefined)
    const parts = all.map((one) => one.split(/\s+/))
    const odd = parts.find(({ length }) => length > 2)
    if (odd !== undefined) return wrong(`${odd.join(' ')}: an address, and perhaps a branch.`)
    return value(parts.map(([repository, branch]) => (branch === undefined ? { repository } : { repository, branch })))
  },
}

/** `NAME=value`, one a line; a value that a line cannot hold stands in quotes, as JSON has it. */
export const variables: Codec = {
  show: (held) =>
    typeof held === 'object' && held !== null
      ? Object.entries(held)
          .map(([name, set]) => `${name}=${quoted(String(set))}`)
          .join('\n')
      : '',
  read: (typed) => {
    const all = linesOf(typed)
    const odd = all.find((one) => !/^[A-Z_][A-Z0-9_]*=/.test(one))
    if (odd !== undefined) return wrong(`${odd}: write NAME=value, the name in capitals.`)
    return value(
      Object.fromEntries(all.map((one) => [one.slice(0, one.indexOf('=')), unquoted(one.slice(one.indexOf('=') + 1))])),
    )
  },
}

function quoted(set: string): string {
  return set.startsWith('"') || set !== set.trim() || /\p{Cc}/u.test(set) ? JSON.stringify(set) : set
}

function unquoted(set: string): string {
  if (!set.startsWith('"')) return set
  try {
    const read: unknown = JSON.parse(set)
    return typeof read === 'string' ? read : set
  } catch (error) {
    if (error instanceof SyntaxError) return set
    throw error
  }
}

export const json: Codec = {
  show: (held) => (held === undefined ? '' : JSON.stringify(held, null, 2)),
  read: (typed) => {
    if (typed.trim() === '') return value(undefined)
    try {
      const read: unknown = JSON.parse(typed)
      if (typeof read === 'object' && read !== null && !Array.isArray(read)) return value(read)
      return wrong('A JSON Schema is an object: { "type": "object" }.')
    } catch (error) {
      if (error instanceof SyntaxError) return wrong(`${error.message}.`)
      throw error
    }
  },
}

function linesOf(typed: string): readonly string[] {
  return typed
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
