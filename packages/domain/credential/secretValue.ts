export type SecretValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'refused'; readonly words: string }

/**
 * A secret as somebody typed or pasted it, without the white space around it. Asked wherever one is sealed: afterwards
 * only the gateway could tell.
 */
export function secretValue(typed: string): SecretValue {
  const value = typed.trim()
  const key = pemOnOneLine(value)
  if (key !== null) return { kind: 'value', value: key }
  if (value === '') return { kind: 'refused', words: 'it is empty' }
  // It becomes part of a header: a line break in it would be a second header.
  if (/\p{Cc}/u.test(value)) return { kind: 'refused', words: 'it holds a line break or another control character' }
  return { kind: 'value', value }
}

const PEM = /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----([\sA-Za-z0-9+/=]+)-----END \1-----$/

/** A private key comes on many lines, which say nothing. Null for anything else. */
function pemOnOneLine(value: string): string | null {
  // Some write a line break as two characters.
  const [, kind, body = ''] = PEM.exec(value.replaceAll('\\n', '\n').trim()) ?? []
  return kind === undefined ? null : `-----BEGIN ${kind}-----${body.replaceAll(/\s/g, '')}-----END ${kind}-----`
}
