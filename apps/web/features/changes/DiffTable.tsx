'use client'

import type { ChangeComment } from '@errand/contracts'
import type { Change, Hunk as HunkData } from 'gitdiff-parser'
import type { ReactNode } from 'react'
import { Decoration, Diff, type DiffType, type EventMap, getChangeKey, Hunk, type RenderGutter } from 'react-diff-view'
import { useIsNarrow } from './useIsNarrow.ts'
import type { DiffLook } from './useDiffLook.ts'

/** Where a comment stands. */
export type Place = Pick<ChangeComment, 'line' | 'side' | 'quote'>

interface DiffTableProps {
  readonly name: string
  readonly hunks: readonly HunkData[]
  readonly look: DiffLook
  readonly diffType: DiffType
  readonly comments: readonly ChangeComment[]
  readonly renderNotes: (comments: readonly ChangeComment[]) => ReactNode
  /** The line that is being commented on, and the form for it. */
  readonly at: Place | null
  readonly form: ReactNode
  /** Without it nothing can be said to a line here. */
  readonly onPlace?: (place: Place) => void
}

/** The lines; pressing a line's number begins a comment on it. Only they scroll sideways. */
export function DiffTable(props: DiffTableProps) {
  const { name, hunks, look, diffType, onPlace } = props
  const view = useIsNarrow() ? 'unified' : look.view
  const events: EventMap =
    onPlace === undefined ? {} : { onClick: ({ change }) => change !== null && onPlace(placeOf(change)) }
  return (
    <div
      className={look.isWrapped ? 'diff-scroll wrapped' : 'diff-scroll'}
      tabIndex={0}
      role="region"
      aria-label={`Lines of ${name}`}
    >
      <Diff
        viewType={view}
        diffType={diffType}
        hunks={[...hunks]}
        gutterEvents={events}
        widgets={widgetsOf(props)}
        {...(view === 'unified' ? { renderGutter: oneNumber } : {})}
      >
        {(all) =>
          all.flatMap((hunk) => [
            <Decoration key={`${hunk.content} head`} className="hunk-head">
              {headOf(hunk.content)}
            </Decoration>,
            <Hunk key={hunk.content} hunk={hunk} />,
          ])
        }
      </Diff>
    </div>
  )
}

/** In one column the number of the line as it is now, else as it was, and the sign: colour alone says nothing. */
const oneNumber: RenderGutter = ({ change, side }) => {
  if (side === 'old') return lineOf(change)
  return { insert: '+', delete: '−', normal: '' }[change.type]
}

/** What git found to stand above it: `@@ -17,6 +17,9 @@ describe("end of month")`. */
function headOf(content: string): string {
  return content.replace(/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?/, '@@ ')
}

function lineOf(change: Change): number {
  return change.type === 'normal' ? change.newLineNumber : change.lineNumber
}

function placeOf(change: Change): Place {
  return { line: lineOf(change), side: change.type === 'delete' ? 'old' : 'new', quote: change.content.slice(0, 2_000) }
}

/** What stands below a line: comments on it, and the form for one more. */
function widgetsOf({ hunks, comments, renderNotes, at, form }: DiffTableProps): Record<string, ReactNode> {
  const placed = comments.filter(({ line }) => line !== null)
  if (placed.length === 0 && at === null) return {}
  const widgets: Record<string, ReactNode> = {}
  for (const { changes } of hunks)
    for (const change of changes) {
      const isHere = (one: Pick<Place, 'line' | 'side'>): boolean => {
        const here = placeOf(change)
        return here.line === one.line && here.side === one.side
      }
      const own = placed.filter(isHere)
      const isAt = at !== null && isHere(at)
      if (own.length === 0 && !isAt) continue
      widgets[getChangeKey(change)] = (
        <>
          {renderNotes(own)}
          {isAt ? form : null}
        </>
      )
    }
  return widgets
}
