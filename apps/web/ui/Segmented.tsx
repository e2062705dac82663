'use client'

import type { LucideIcon } from 'lucide-react'
import { useId } from 'react'

export interface Segment<V extends string> {
  readonly value: V
  readonly label: string
  readonly icon?: LucideIcon
}

interface SegmentedProps<V extends string> {
  /** Said to who cannot see that the segments belong together. */
  readonly name: string
  readonly segments: readonly Segment<V>[]
  readonly value: V
  readonly onChange: (value: V) => void
  /** `pol`: the switch of a policy, whose `ask` and `deny` stand out. */
  readonly look?: 'pol'
}

/** One of a few, all in sight. Radio buttons underneath: arrow keys and screen readers know them. */
export function Segmented<V extends string>({ name, segments, value, onChange, look }: SegmentedProps<V>) {
  const group = useId()
  return (
    <span className={look === undefined ? 'seg' : `seg ${look}`} role="radiogroup" aria-label={name}>
      {segments.map((segment) => (
        <label key={segment.value} className={policyClass(segment.value)}>
          <input type="radio" name={group} checked={segment.value === value} onChange={() => onChange(segment.value)} />
          {segment.icon === undefined ? null : <segment.icon className="i s" aria-hidden="true" />}
          {segment.label}
        </label>
      ))}
    </span>
  )
}

function policyClass(value: string): string | undefined {
  if (value === 'ask') return 'k'
  return value === 'deny' ? 'd' : undefined
}
