'use client'

import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { Field, TextField } from '../../../ui/Field.tsx'

interface CommentFormProps {
  /** `line 22`, or the file. */
  readonly about: string
  /** Without a line that was pressed, one can be named. */
  readonly asksLine?: boolean
  readonly onAdd: (comment: { readonly text: string; readonly line: number | null }) => void
  readonly onClose: () => void
}

export function CommentForm({ about, asksLine = false, onAdd, onClose }: CommentFormProps) {
  const [text, setText] = useState('')
  const [line, setLine] = useState('')
  const add = () => {
    if (text.trim() !== '') onAdd({ text: text.trim(), line: /^[1-9]\d*$/.test(line.trim()) ? Number(line) : null })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) add()
  }
  return (
    <form
      className="note note-form"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <TextField
        label={`Your comment on ${about}`}
        rows={2}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {asksLine ? (
        <Field
          label="Line, if it is about one"
          inputMode="numeric"
          value={line}
          onChange={(event) => setLine(event.target.value)}
        />
      ) : null}
      <div className="acts">
        <Button tone="go" type="submit" disabled={text.trim() === ''}>
          Add
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}
