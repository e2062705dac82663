/** How much of a limit is used. `name` says of what: the words and sums stand beside it. */
export function Meter({ name, used, limit }: { name: string; used: number; limit: number }) {
  const share = limit <= 0 ? 0 : Math.min(1, Math.max(0, used / limit))
  return (
    <span
      className="meter"
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <i style={{ width: `${share * 100}%` }} />
    </span>
  )
}
