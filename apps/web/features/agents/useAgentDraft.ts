'use client'

import { type AgentSpec, agentSpecSchema } from '@errand/contracts'
import { useState } from 'react'
import { type FieldName, FIELDS, valueOf, withField } from './fields.ts'
import { useKeptDraft } from './useKeptDraft.ts'

interface Typed {
  readonly text: string
  /** Why it does not fit; what it would change is then not in the draft. */
  readonly wrong: string | null
}

type TypedFields = Partial<Record<FieldName, Typed>>

/** The draft of an agent's next version with what is being typed into it. */
export function useAgentDraft(name: string) {
  const kept = useKeptDraft(name)
  const [typed, setTyped] = useState<TypedFields>({})
  const [note, setNote] = useState('')
  const { spec, change } = kept

  /** Why the value does not fit; null when it was taken. */
  const set = (field: FieldName, value: unknown): string | null => {
    if (spec === null) return null
    const parsed = agentSpecSchema.safeParse(withField(spec, field, value))
    if (!parsed.success) return parsed.error.issues[0]?.message ?? 'it does not fit'
    change(parsed.data)
    return null
  }
  const type = (field: FieldName, text: string) => {
    const { control } = FIELDS[field]
    if (control.kind === 'choice' || control.kind === 'own') return
    const read = control.codec.read(text)
    const wrong = read.kind === 'wrong' ? read.words : set(field, read.value)
    setTyped((before) => ({ ...before, [field]: { text, wrong } }))
  }
  const replace = (next: AgentSpec | null) => {
    setTyped({})
    if (next !== null) kept.changeNow(next)
  }
  return {
    ...kept,
    note,
    setNote,
    wrong: (Object.keys(typed) as FieldName[]).filter((field) => typeof typed[field]?.wrong === 'string'),
    set,
    type,
    textOf: (field: FieldName): Typed => typed[field] ?? { text: storedText(spec, field), wrong: null },
    /** All of it at once: a version restored, a document taken over. */
    replace,
    /** Back to the version in use. */
    discard: () => replace(kept.agent.data?.spec ?? null),
    forget: () => {
      setTyped({})
      setNote('')
      kept.forget()
    },
  }
}

export type AgentDraft = ReturnType<typeof useAgentDraft>

function storedText(spec: AgentSpec | null, field: FieldName): string {
  const { control } = FIELDS[field]
  if (spec === null || control.kind === 'choice' || control.kind === 'own') return ''
  return control.codec.show(valueOf(spec, field))
}
