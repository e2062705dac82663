const HIDDEN = '[secret]'
/** A shorter one would be found in words that have nothing to do with it. */
const SHORTEST = 8

/** Takes the values of secrets out of a text. */
export type Mask = (text: string) => string

/**
 * Hides secrets in what a server writes, as they are and as JSON writes them, once or within itself: a server that prints its environment, to
 * its log or as an answer, must not hand its credential to an agent.
 */
export function maskOf(secrets: readonly string[]): Mask {
  const long = secrets.filter((secret) => secret.length >= SHORTEST)
  const forms = [...new Set(long.flatMap(formsOf))].toSorted((a, b) => b.length - a.length)
  if (forms.length === 0) return (text) => text
  return (text) =>
    forms.reduce((masked, form) => (masked.includes(form) ? masked.replaceAll(form, HIDDEN) : masked), text)
}

function formsOf(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  return [secret, inJson, JSON.stringify(inJson).slice(1, -1)]
}
