import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'

interface FieldGroupProps {
  /** Null: no heading. */
  readonly title: string | null
  /** Closed until somebody opens it. */
  readonly isFolded?: boolean | undefined
  readonly className: string
  readonly children: ReactNode
}

/** Fields of a form that belong together. */
export function FieldGroup({ title, isFolded, className, children }: FieldGroupProps) {
  const inside = <div className={className}>{children}</div>
  if (title === null) return inside
  if (isFolded !== true)
    return (
      <section aria-label={title}>
        <h2 className="group-title">{title}</h2>
        {inside}
      </section>
    )
  return (
    <details className="panel group-fold">
      <summary>
        <h2>{title}</h2>
        <ChevronDown className="i s" aria-hidden="true" />
      </summary>
      {inside}
    </details>
  )
}
