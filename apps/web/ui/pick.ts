import type { LucideIcon } from 'lucide-react'

export interface Choice {
  readonly value: string
  readonly label: string
  /** After the label, quieter: a version, an address. */
  readonly note?: string | undefined
  readonly icon?: LucideIcon
}

/** The choices that hold every word of `query`; those that begin with it come first, else the given order stays. */
export function matching(choices: readonly Choice[], query: string): readonly Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return choices
  const found = choices.filter((choice) => {
    const text = `${choice.label} ${choice.note ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const start = query.trim().toLowerCase()
  const isFirst = (choice: Choice): boolean => choice.label.toLowerCase().startsWith(start)
  return [...found.filter(isFirst), ...found.filter((choice) => !isFirst(choice))]
}
