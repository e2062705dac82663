'use client'

import type { ChangeComment } from '@errand/contracts'
import { CornerDownRight } from 'lucide-react'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { counted } from '../../../ui/format/amount.ts'
import type { GoOn } from '../../outcome/useGoOn.ts'

interface CommentBarProps {
  readonly comments: readonly ChangeComment[]
  readonly goOn: GoOn
  readonly onSent: () => void
}

/** All comments go out as one run that begins on the branch. */
export function CommentBar({ comments, goOn, onSent }: CommentBarProps) {
  if (comments.length === 0) return null
  return (
    <div className="comment-bar">
      <span>{counted(comments.length, 'comment')} not sent</span>
      <Button
        tone="go"
        icon={CornerDownRight}
        aria-busy={goOn.isPending}
        onClick={() => goOn.followUp({ comments: [...comments] }, onSent)}
      >
        Send as a follow-up run
      </Button>
      {goOn.error === null ? null : <ErrorInPlace error={goOn.error} />}
    </div>
  )
}
