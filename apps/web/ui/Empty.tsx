import type { ReactNode } from 'react'

/** One bold line that it is empty, one line what will come here, and perhaps the way to it. No drawing. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      <p className="two small">{children}</p>
      {action === undefined ? null : <div className="acts">{action}</div>}
    </div>
  )
}
