/** The beginning of a text; never ends in half a character. */
export function kept(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, limit).toWellFormed() : text
}
