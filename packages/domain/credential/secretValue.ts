export type SecretValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'refused'; readonly words: string }

/**
 * A secret as somebody typed or pasted it, without the white space around it. Asked wherever one is sealed: afterwards
 * only the gateway could tell.
 */
export function secretValue(typed: string): SecretValue {
  const value = typed.trim()
  if (value === '') return { kind: 'refused', words: 'it is empty' }
  // It becomes part of a header: a line break in it would be a second header.
  if (/\p{Cc}/u.test(value)) return { kind: 'refused', words: 'it holds a line break or another control character' }
  return { kind: 'value', value }
}
