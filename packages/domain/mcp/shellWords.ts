/**
 * Splits a line as a shell would, without ever being one: quotes, backslashes and line continuations; nothing is expanded.
 * A prompt sign in front is no part of it. Null when a quote is never closed.
 */
export function shellWords(line: string): readonly string[] | null {
  const text = line
    .trim()
    .replace(/^[$>#%]\s+/, '')
    .replaceAll(/(\\|`|\^)\r?\n\s*/g, ' ')
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else if (quote === null && (char === '"' || char === "'")) {
      quote = char
      word ??= ''
    } else if (char === quote) {
      quote = null
    } else if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1
      word = `${word ?? ''}${text[at] ?? ''}`
    } else {
      word = `${word ?? ''}${char}`
    }
  }
  if (quote !== null) return null
  if (word !== null) words.push(word)
  return words
}
