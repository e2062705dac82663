import type { ChangeComment } from '@errand/contracts'
import { X } from 'lucide-react'
import { Button } from '../../../ui/Button.tsx'

export function CommentNote({ comment, onRemove }: { comment: ChangeComment; onRemove: () => void }) {
  const { line, side, text } = comment
  return (
    <div className="note">
      <div className="note-head">
        <b>Your comment {line === null ? 'on this file' : `on line ${line}${side === 'old' ? ' before' : ''}`}</b>
        <Button tone="bare" square icon={X} onClick={onRemove}>
          Remove this comment
        </Button>
      </div>
      {text}
    </div>
  )
}
