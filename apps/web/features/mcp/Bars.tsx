interface Slot {
  readonly calls: number
  readonly errors: number
}

const SHORTEST = 5
const NONE = 3

/** Calls over a time, a bar for each stretch; one with errors is red. What it says stands beside it in words. */
export function Bars({ slots, tallest }: { slots: readonly Slot[]; tallest: number }) {
  const most = Math.max(...slots.map(({ calls }) => calls))
  return (
    <span className="bars" aria-hidden="true">
      {slots.map(({ calls, errors }, index) => (
        <i
          key={index}
          className={errors > 0 ? 'err' : calls === 0 ? 'none' : ''}
          style={{ height: calls === 0 ? NONE : Math.max(SHORTEST, Math.round((calls / most) * tallest)) }}
        />
      ))}
    </span>
  )
}

/** Neighbours put together, for where there is little room. */
export function inHours(slots: readonly Slot[]): readonly Slot[] {
  return slots.flatMap(({ calls, errors }, index) => {
    const next = slots[index + 1] ?? { calls: 0, errors: 0 }
    return index % 2 === 0 ? [{ calls: calls + next.calls, errors: errors + next.errors }] : []
  })
}
