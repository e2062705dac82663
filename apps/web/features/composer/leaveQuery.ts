/**
 * Takes out of the address what was taken over from it. Not within the effect that found it: on a fresh page those of the
 * router come later, and until then the router neither hears of a change nor keeps its own notes in the history.
 */
export function leaveQuery(): void {
  setTimeout(() => window.history.replaceState(null, '', '/'))
}
