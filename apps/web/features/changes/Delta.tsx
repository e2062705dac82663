import { count } from '../../ui/format/amount.ts'

/** `+48 −19`; what is none is left out. */
export function Delta({ added, removed }: { added: number; removed: number }) {
  if (added === 0 && removed === 0) return null
  return (
    <span className="delta">
      {added > 0 ? <span className="p">+{count(added)}</span> : null}
      {added > 0 && removed > 0 ? ' ' : null}
      {removed > 0 ? <span className="m">−{count(removed)}</span> : null}
    </span>
  )
}
