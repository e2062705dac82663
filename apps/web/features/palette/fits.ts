/**
 * How well a row fits what was typed, 0 to 1, as the list's library asks it. Every word has to be there; what the name begins
 * with comes first, then what the name holds, then what stands beside it.
 */
export function fits(value: string, typed: string, keywords: readonly string[] = []): number {
  const [name = value, ...beside] = keywords.map((word) => word.toLowerCase())
  const wanted = typed.trim().toLowerCase()
  const words = wanted.split(/\s+/)
  const all = [name, ...beside].join(' ')
  if (!words.every((word) => all.includes(word))) return 0
  if (name.startsWith(wanted)) return 1
  return words.every((word) => name.includes(word)) ? 0.6 : 0.3
}
