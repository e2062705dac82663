interface Bounds {
  readonly min: number
  readonly max: number
  readonly mayBeEmpty?: boolean
}

/** The whole number that was typed, or what would fit. Empty where it may be is null and no error. */
export function numberIn(
  text: string,
  { min, max, mayBeEmpty = false }: Bounds,
): { value: number | null; error: string | null } {
  const typed = text.trim()
  if (typed === '' && mayBeEmpty) return { value: null, error: null }
  const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN
  if (value >= min && value <= max) return { value, error: null }
  return { value: null, error: `A whole number from ${min} to ${max.toLocaleString('en-US')}.` }
}
