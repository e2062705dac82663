/**
 * Nothing for 400 ms (in CSS, so that it costs no script), then the shape of what comes and what is awaited:
 * `Reading the runs`.
 */
export function LoadingRows({ of: awaited, rows = 3 }: { of: string; rows?: number }) {
  return (
    <div className="slow" role="status" aria-live="polite">
      <div aria-hidden="true">
        {Array.from({ length: rows }, (_, index) => (
          <div key={index} className="row ghost-row">
            <span className="ghost ghost-icon" />
            <span>
              <span className="ghost ghost-title" />
              <span className="ghost ghost-line" />
            </span>
          </div>
        ))}
      </div>
      <p className="small three">{awaited}</p>
    </div>
  )
}
