'use client'

import { LoaderCircle, OctagonX, Paperclip, X } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { size } from '../../ui/format/amount.ts'
import type { Task, ChangeTask } from './task.ts'
import type { Files } from './useAttachments.ts'

interface AttachmentsProps {
  readonly task: Task
  readonly files: Files
  readonly change: ChangeTask
}

export function Attachments({ task, files, change }: AttachmentsProps) {
  return (
    <ul className="attached" aria-label="Files">
      {task.inputs.map((file) => (
        <li key={file.name}>
          <Paperclip className="i s" aria-hidden="true" />
          {file.name} <span className="three">{size(file.sizeBytes)}</span>
          <Button
            tone="bare"
            square
            icon={X}
            onClick={() => change({ inputs: task.inputs.filter(({ name }) => name !== file.name) })}
          >
            Remove {file.name}
          </Button>
        </li>
      ))}
      {files.sending.map(({ key, name, sizeBytes, error }) => (
        <li key={key} aria-busy={error === null}>
          {error === null ? (
            <LoaderCircle className="i s" aria-hidden="true" />
          ) : (
            <OctagonX className="i s fault" aria-hidden="true" />
          )}
          {name} <span className="three">{error ?? `${size(sizeBytes)}, on its way`}</span>
          {error === null ? null : (
            <Button tone="bare" square icon={X} onClick={() => files.forget(key)}>
              Remove {name}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
