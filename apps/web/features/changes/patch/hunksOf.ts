import parser, { type Change, type Hunk } from 'gitdiff-parser'
import { visible } from '../../../ui/format/visible.ts'
import type { PatchFile } from './splitPatch.ts'

/** A minified line has megabytes, and nobody reads it to the end. */
const LONGEST_LINE = 2_000

/** The hunks of one file, with nothing hidden in any line. */
export function hunksOf({ body }: Pick<PatchFile, 'body'>): readonly Hunk[] {
  if (body === '') return []
  // The names do not matter here; they were read from the real header.
  const [file] = parser.parse(`diff --git a/f b/f\n--- a/f\n+++ b/f\n${body.replace(/\n$/, '')}`)
  return (file?.hunks ?? []).map((hunk) => ({
    ...hunk,
    content: visible(hunk.content),
    changes: hunk.changes.map((change) => ({ ...change, content: shown(change.content) })),
  }))
}

function shown(content: string): string {
  const line = visible(content.replace(/\r$/, ''), { keepTabs: true })
  if (line.length <= LONGEST_LINE) return line
  return `${line.slice(0, LONGEST_LINE).toWellFormed()} … ${line.length - LONGEST_LINE} more characters`
}

/**
 * The same hunks where lines that differ in white space alone count as unchanged. What is left without any change goes.
 */
export function withoutWhitespace(hunks: readonly Hunk[]): readonly Hunk[] {
  return hunks.flatMap((hunk) => {
    const changes = blocksOf(hunk.changes).flatMap(pairedBlock)
    return changes.every(({ type }) => type === 'normal') ? [] : [{ ...hunk, changes }]
  })
}

/** Runs of removed and added lines, each with the unchanged lines between as blocks of their own. */
function blocksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const blocks: Change[][] = []
  let previous: boolean | null = null
  for (const change of changes) {
    const isNormal = change.type === 'normal'
    if (isNormal === previous) blocks.at(-1)?.push(change)
    else blocks.push([change])
    previous = isNormal
  }
  return blocks
}

/** How far the other side of a line is looked for: a block of thousands of lines is no edit of white space. */
const FARTHEST = 200

/** Walks both sides: each removed line takes the next added one that is the same but for white space. */
function pairedBlock(block: readonly Change[]): readonly Change[] {
  const removed = block.filter((change) => change.type === 'delete')
  const added = block.filter((change) => change.type === 'insert')
  if (removed.length === 0 || added.length === 0) return block
  const bareAdded = added.map(({ content }) => bare(content))
  const out: Change[] = []
  let next = 0
  for (const line of removed) {
    const wanted = bare(line.content)
    const step = bareAdded.slice(next, next + FARTHEST).indexOf(wanted)
    const partner = step === -1 ? undefined : added[next + step]
    if (partner === undefined) {
      out.push(line)
      continue
    }
    out.push(...added.slice(next, next + step), {
      type: 'normal',
      isNormal: true,
      content: partner.content,
      oldLineNumber: line.lineNumber,
      newLineNumber: partner.lineNumber,
    })
    next += step + 1
  }
  return [...out, ...added.slice(next)]
}

function bare(content: string): string {
  return content.replace(/\s+/g, '')
}

/** The first lines of them, so that a huge file can be shown a piece at a time. */
export function firstLines(
  hunks: readonly Hunk[],
  limit: number,
): { readonly hunks: readonly Hunk[]; readonly left: number } {
  const shownHunks: Hunk[] = []
  let room = limit
  let left = 0
  for (const hunk of hunks) {
    const changes = hunk.changes.slice(0, room)
    if (changes.length > 0) shownHunks.push(changes.length === hunk.changes.length ? hunk : { ...hunk, changes })
    left += hunk.changes.length - changes.length
    room -= changes.length
  }
  return { hunks: shownHunks, left }
}
