'use client'

import type { LucideIcon } from 'lucide-react'
import { createContext, type ReactNode, use, useEffect, useRef } from 'react'

export interface Command {
  readonly id: string
  /** A verb and what it acts on: `Stop this run`. */
  readonly name: string
  readonly icon?: LucideIcon
  readonly keys?: string
  readonly run: () => void
}

interface Registry {
  add(commands: () => readonly Command[]): () => void
  all(): readonly Command[]
}

const CommandContext = createContext<Registry>({ add: () => () => undefined, all: () => [] })

export function CommandProvider({ children }: { children: ReactNode }) {
  const sources = useRef(new Set<() => readonly Command[]>())
  const registry = useRef<Registry>({
    add: (source) => {
      sources.current.add(source)
      return () => void sources.current.delete(source)
    },
    all: () => [...sources.current].flatMap((source) => source()),
  })
  return <CommandContext value={registry.current}>{children}</CommandContext>
}

/** What ⌘K offers besides, while this part is on the page: `useCommands([{ id: 'stop', name: 'Stop this run', run }])`. */
export function useCommands(commands: readonly Command[]): void {
  const registry = use(CommandContext)
  const shown = useRef(commands)
  // The external system is the palette, which asks while it is drawn: what it is given must be there by then.
  useEffect(() => {
    shown.current = commands
  })
  useEffect(() => registry.add(() => shown.current), [registry])
}

export function useAllCommands(): readonly Command[] {
  return use(CommandContext).all()
}
