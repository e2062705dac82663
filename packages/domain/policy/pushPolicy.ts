/** One line of a push: `oldId` and `newId` are all zeros for what does not exist before and after. */
export interface RefUpdate {
  readonly oldId: string
  readonly newId: string
  readonly ref: string
}

/**
 * Why each update of a push may not be made, by its position; null where it may. A run writes its own branch and
 * those below it. `reason` is one short line: git prints it behind the ref.
 */
export function pushRefusals(updates: readonly RefUpdate[], pushBranch: string): readonly (string | null)[] {
  return updates.map((update) => refusal(update, pushBranch))
}

/**
 * What git shall be told about every update of a push that is refused as a whole: a push is atomic here, so what
 * would be allowed by itself is refused along with the rest, and says so. Null when nothing is refused.
 */
export function refuseWhole(
  updates: readonly RefUpdate[],
  pushBranch: string,
): readonly { ref: string; reason: string }[] | null {
  const reasons = pushRefusals(updates, pushBranch)
  if (reasons.every((reason) => reason === null)) return null
  return updates.map(({ ref }, index) => ({
    ref,
    reason: reasons[index] ?? 'refused together with the rest of this push',
  }))
}

function refusal({ ref, newId }: RefUpdate, pushBranch: string): string | null {
  const own = `refs/heads/${pushBranch}`
  if (ref.startsWith('refs/tags/')) return 'a run may not push tags'
  if (!(ref === own || ref.startsWith(`${own}/`)) || !isPlainRef(ref))
    return `a run may push only ${pushBranch} and branches below it`
  if (/^0+$/.test(newId)) return 'a run may not delete branches'
  return null
}

/** Git forbids these in a ref as well; refused here so that no server has to be trusted to. */
function isPlainRef(ref: string): boolean {
  return !/\.\.|\/\/|\/\.|\.lock(\/|$)|\/$|[\s~^:?*[\\]|@\{/.test(ref) && !/\p{Cc}/u.test(ref)
}
