import { Command } from 'cmdk'
import type { LucideIcon } from 'lucide-react'

interface RowProps {
  readonly name: string
  readonly icon?: LucideIcon | undefined
  readonly note?: string | undefined
  readonly keys?: string | undefined
  /** Tells rows of the same name apart. */
  readonly value?: string
  /** Shown whatever was typed: it was found, or made, by what was typed. */
  readonly isAlways?: boolean
  readonly onSelect: () => void
}

export function Row({ name, icon: Icon, note, keys, value, isAlways = false, onSelect }: RowProps) {
  return (
    <Command.Item
      value={value ?? name}
      keywords={note === undefined ? [name] : [name, note]}
      forceMount={isAlways}
      onSelect={onSelect}
    >
      {Icon === undefined ? <span className="i" /> : <Icon className="i" aria-hidden="true" />}
      <span className="palette-name">{name}</span>
      {note === undefined ? null : <span className="three small">{note}</span>}
      {keys === undefined ? null : <kbd>{keys}</kbd>}
    </Command.Item>
  )
}
