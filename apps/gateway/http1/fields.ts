/** As Node’s own parser has it. */
export const MAX_HEAD_BYTES = 16 * 1024
export const LINE_END = '\r\n'
export const HEAD_END = '\r\n\r\n'
export const HEAD_END_BYTES = Buffer.from(HEAD_END)

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * One line of a head (RFC 9112 §5), its name in lower case. Null: it is none, or one that goes on in the next line, or a name
 * that no object can hold.
 */
export function readField(line: string): { readonly name: string; readonly value: string } | null {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
  const value = line.slice(colon + 1)
  return NAME.test(name) && VALUE.test(value) && name !== '__proto__' ? { name, value: withoutSpace(value) } : null
}

/** As it is written, with its end. Throws for what would be another line, or no header. */
export function fieldLine(name: string, value: string): string {
  if (!NAME.test(name) || !VALUE.test(value)) throw cannotBeSent(name)
  return `${name}: ${value}${LINE_END}`
}

export function cannotBeSent(name: string): Error {
  return Object.assign(new Error(`the header ${name} cannot be sent`), { code: 'ERR_INVALID_CHAR' })
}

/** `trim` takes more away than HTTP calls space. */
function withoutSpace(value: string): string {
  let [from, to] = [0, value.length]
  while (from < to && isSpace(value, from)) from++
  while (to > from && isSpace(value, to - 1)) to--
  return value.slice(from, to)
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 32 || code === 9
}
