/**
 * Characters that are not seen, or turn the reading direction: with them a command can look like another one. C0 and C1
 * controls but tab and line feed, soft hyphen, zero widths, marks and overrides of direction, tag characters.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu

/** The text with what cannot be seen written out, as `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replaceAll(
    HIDDEN,
    (hidden) => `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}
