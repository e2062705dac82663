/** Characters that are not seen and change how the rest is read: directions, joiners, controls, line ends. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200B\u2060\uFEFF]/gu

/**
 * A name or a line of code that somebody else wrote, so that nothing in it is hidden: what is not seen stands as its
 * code point. Tabs stay where `keepTabs`.
 */
export function visible(text: string, { keepTabs = false }: { keepTabs?: boolean } = {}): string {
  return text.replace(UNSEEN, (char) => (char === '\t' && keepTabs ? char : `⟨${nameOf(char)}⟩`))
}

function nameOf(char: string): string {
  if (char === '\n') return '↵'
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
