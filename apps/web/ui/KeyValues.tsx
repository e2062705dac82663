import type { ReactNode } from 'react'

/** Facts in two columns. A value that is not known is left as null and says so. */
export function KeyValues({ rows, left = false }: { rows: readonly (readonly [string, ReactNode])[]; left?: boolean }) {
  return (
    <dl className={left ? 'kv left' : 'kv'}>
      {rows.map(([name, value]) => (
        <div key={name} className="kv-row">
          <dt>{name}</dt>
          <dd>{value ?? 'not known'}</dd>
        </div>
      ))}
    </dl>
  )
}
