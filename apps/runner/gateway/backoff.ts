const FIRST_MS = 100
const LONGEST_MS = 3_000

/** How long to wait before the attempt after `failures` failed ones: doubling, capped, with jitter so that the runners of one machine do not come back in step. */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  return Math.round(full * (0.5 + random() / 2))
}
