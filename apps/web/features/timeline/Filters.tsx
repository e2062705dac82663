'use client'

import { counted } from '../../ui/format/amount.ts'
import type { Counts } from './lines.ts'
import type { Landmark } from './row.ts'

const LANDMARKS: readonly Landmark[] = ['error', 'question', 'change']

interface FiltersProps {
  readonly counts: Counts
  readonly only: Landmark | null
  readonly onChange: (only: Landmark | null) => void
}

/** Only the errors, only the questions, only the changes; pressed again, everything. Kinds that there are none of do not show. */
export function Filters({ counts, only, onChange }: FiltersProps) {
  const shown = LANDMARKS.filter((landmark) => counts[landmark] > 0 || landmark === only)
  if (shown.length === 0) return null
  return (
    <div className="chips filters" role="group" aria-label="Show only">
      {shown.map((landmark) => (
        <button
          key={landmark}
          type="button"
          className="chip"
          aria-pressed={landmark === only}
          onClick={() => onChange(landmark === only ? null : landmark)}
        >
          {counted(counts[landmark], landmark)}
        </button>
      ))}
    </div>
  )
}
