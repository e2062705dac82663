import type { RunId } from '@errand/contracts'
import { titleOf } from './title.ts'

const LONGEST_WORDS = 40
/** Of the random part of the id: two runs of the same title do not meet. */
const ID_CHARS = 6

/** The branch that a run may push: `errand/fix-the-failing-test-4k0eas`. A person who sees it among others knows what it is. */
export function pushBranchOf(runId: RunId, prompt: string): string {
  const words = titleOf(prompt)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  const slug = cutAtWord(words.replaceAll(/^-|-$/g, ''))
  return `errand/${slug === '' ? 'run' : slug}-${runId.slice(-ID_CHARS)}`
}

function cutAtWord(slug: string): string {
  if (slug.length <= LONGEST_WORDS) return slug
  const cut = slug.slice(0, LONGEST_WORDS + 1)
  const end = cut.lastIndexOf('-')
  return end > 0 ? cut.slice(0, end) : slug.slice(0, LONGEST_WORDS)
}
