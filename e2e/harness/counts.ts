/**
 * How often something is broken before its test believes it. Every change is proven with the smaller counts, which take minutes less;
 * `ERRAND_E2E_FULL=1` (`.ci/run many`) proves it as often as the documentation says.
 */
const isFull = process.env['ERRAND_E2E_FULL'] === '1'

export const KILL_ROUNDS = isFull ? 20 : 5
export const DISCONNECTS = isFull ? 200 : 60
export const MANY_RUNS = Number(process.env['ERRAND_E2E_MANY'] ?? (isFull ? 500 : 40))
