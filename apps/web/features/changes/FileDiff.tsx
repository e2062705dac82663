'use client'

import type { ChangeComment } from '@errand/contracts'
import { MessageSquarePlus, Square, SquareCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { count, counted } from '../../ui/format/amount.ts'
import { visible } from '../../ui/format/visible.ts'
import { Delta } from './Delta.tsx'
import { DiffTable, type Place } from './DiffTable.tsx'
import { firstLines, hunksOf, withoutWhitespace } from './patch/hunksOf.ts'
import { CommentForm } from './review/CommentForm.tsx'
import { CommentNote } from './review/CommentNote.tsx'
import { keyOf, type ReviewControl } from './review/storedReview.ts'
import type { DiffLook } from './useDiffLook.ts'
import type { ChangedFile } from './usePatches.ts'

interface FileDiffProps {
  readonly file: ChangedFile
  readonly look: DiffLook
  readonly review: ReviewControl
  /** There is more than one repository, so each file names its own. */
  readonly namesRepository: boolean
}

/** Lines a person reads without being asked; more come when they are wanted. */
export const READ_AT_ONCE = 1_500

/** One file: a head that stays in sight, its hunks, and the comments on them. */
export function FileDiff({ file, look, review, namesRepository }: FileDiffProps) {
  const key = keyOf(file)
  const isSeen = review.isSeen(key)
  const [isCommenting, setIsCommenting] = useState(false)
  const Icon = isSeen ? SquareCheck : Square
  return (
    <section className="file" aria-label={visible(file.path)}>
      <div className="file-head">
        <h3>
          {namesRepository ? <span className="three">{visible(file.repository)} </span> : null}
          {file.oldPath === null ? null : <span className="three">{visible(file.oldPath)} → </span>}
          {visible(file.path)}
        </h3>
        {file.status === 'changed' ? null : <span className="small three">{file.status}</span>}
        {file.isBinary ? <span className="small three">binary</span> : <Delta {...file} />}
        <Button tone="bare" square icon={MessageSquarePlus} onClick={() => setIsCommenting(true)}>
          Comment on {visible(file.path)}
        </Button>
        <Button tone="bare" icon={Icon} aria-pressed={isSeen} onClick={() => review.setSeen(key, !isSeen)}>
          Seen
        </Button>
      </div>
      {isCommenting ? (
        <CommentForm
          about="this file"
          asksLine={!file.isBinary}
          onClose={() => setIsCommenting(false)}
          onAdd={({ text, line }) => {
            review.add({ ...placed(file), line, side: 'new', quote: '', text })
            setIsCommenting(false)
          }}
        />
      ) : null}
      {isSeen ? null : <Body file={file} look={look} review={review} />}
    </section>
  )
}

function placed({ repository, path }: ChangedFile): Pick<ChangeComment, 'repository' | 'path'> {
  return { repository, path }
}

function Body({ file, look, review }: Pick<FileDiffProps, 'file' | 'look' | 'review'>) {
  const [limit, setLimit] = useState(READ_AT_ONCE)
  const [at, setAt] = useState<Place | null>(null)
  const hunks = useMemo(() => {
    const all = hunksOf(file)
    return look.ignoresWhitespace ? withoutWhitespace(all) : all
  }, [file, look.ignoresWhitespace])
  const { hunks: shown, left } = firstLines(hunks, limit)
  const comments = review.comments.filter((one) => one.repository === file.repository && one.path === file.path)
  const notes = (of: readonly ChangeComment[]) =>
    of.map((one) => (
      <CommentNote key={`${one.side} ${one.line} ${one.text}`} comment={one} onRemove={() => review.remove(one)} />
    ))
  const form =
    at === null ? null : (
      <CommentForm
        about={`line ${at.line}`}
        onClose={() => setAt(null)}
        onAdd={({ text }) => {
          review.add({ ...placed(file), ...at, text })
          setAt(null)
        }}
      />
    )
  return (
    <>
      {notes(comments.filter(({ line }) => line === null))}
      <Words file={file} isEmpty={hunks.length === 0} />
      {shown.length === 0 ? null : (
        <DiffTable
          name={visible(file.path)}
          hunks={shown}
          look={look}
          diffType={DIFF_TYPES[file.status]}
          comments={comments}
          renderNotes={notes}
          at={at}
          form={form}
          onPlace={setAt}
        />
      )}
      {left === 0 ? null : (
        <div className="file-more">
          <Button onClick={() => setLimit(limit + READ_AT_ONCE)}>
            Show {count(Math.min(left, READ_AT_ONCE))} more lines
          </Button>
          <span className="small three">{counted(left, 'line')} not shown</span>
        </div>
      )}
    </>
  )
}

const DIFF_TYPES = { added: 'add', removed: 'delete', changed: 'modify', renamed: 'rename', copied: 'copy' } as const

/** What there is to say where there are no lines to show. */
function Words({ file, isEmpty }: { file: ChangedFile; isEmpty: boolean }) {
  const words = [
    file.note === null ? null : `It ${file.note.startsWith('was') ? '' : 'is '}${file.note}.`,
    isEmpty ? emptyWords(file) : null,
  ].filter((one) => one !== null)
  return words.length === 0 ? null : <p className="file-words">{words.join(' ')}</p>
}

function emptyWords({ isBinary, body, status, note }: ChangedFile): string {
  if (isBinary) return 'Its content is not text; the patch among the artifacts has it whole.'
  if (body !== '') return 'Only white space differs.'
  if (status === 'renamed' || status === 'copied') return 'Its content did not change.'
  return note === null ? 'It is empty.' : 'Its content did not change.'
}
