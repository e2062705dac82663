/** As Node’s own parser has it. */
export const MAX_HEAD_BYTES = 16 * 1024
export const LINE_END = '\r\n'
export const HEAD_END = '\r\n\r\n'

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Lines as RFC 9112 §5 has them, none of which goes on in the next. */
const FIELDS = /^(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/

/**
 * The fields of a head, by names in lower case, from where its first line ends to its own end. False: a line is no field, or
 * has a name that no object can hold, or `take` does not take it.
 */
export function readFields(head: string, [from, end]: Span, take: (name: string, value: string) => boolean): boolean {
  const lines = head.slice(from, end)
  // One look at all of them costs less than one at each.
  if (!FIELDS.test(lines)) return false
  let at = 0
  while (at < lines.length) {
    const colon = lines.indexOf(':', at)
    const name = lines.slice(at + LINE_END.length, colon).toLowerCase()
    const next = lines.indexOf(LINE_END, colon)
    at = next === -1 ? lines.length : next
    if (name === '__proto__' || !take(name, withoutSpace(lines, [colon + 1, at]))) return false
  }
  return true
}

type Span = readonly [from: number, end: number]

/** As it is written, with its end. Throws for what would be another line, or no header. */
export function fieldLine(name: string, value: string): string {
  if (!NAME.test(name) || !VALUE.test(value)) throw cannotBeSent(name)
  return `${name}: ${value}${LINE_END}`
}

export function cannotBeSent(name: string): Error {
  return Object.assign(new Error(`the header ${name} cannot be sent`), { code: 'ERR_INVALID_CHAR' })
}

/** `trim` takes more away than HTTP calls space. */
function withoutSpace(text: string, [from, end]: Span): string {
  let [first, last] = [from, end]
  while (first < last && isSpace(text, first)) first++
  while (last > first && isSpace(text, last - 1)) last--
  return text.slice(first, last)
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 32 || code === 9
}
