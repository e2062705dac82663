const LONGEST = 500

/** The cluster's own words, without what changes from one try to the next, so that the same trouble reads the same. */
export function words(text: string | undefined): string {
  const clean = (text ?? '')
    .replace(/^Error creating: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '')
    .replace(/^Back-off pulling image "[^"]*": ErrImagePull: /, '')
    // What the scheduler says of making room by force, which it was not asked for.
    .replace(/ (no new claims to deallocate, )?preemption: .*$/s, '')
    // How much a queue lacks changes with everybody else's work.
    .replace(/, [^,\s]+ more needed/g, '')
    .replace(/ ?"?[0-9a-f]{64}"?/g, '')
    .trim()
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean
}
