'use client'

import { type ClipboardEvent, type DragEvent, useEffectEvent, useRef, useState } from 'react'
import { faultOfWire } from '../../trpc/fault.ts'
import { freeName } from './freeName.ts'
import type { ChangeTask, Task, TaskFile } from './task.ts'

/** A file on its way to the server; once it is there it belongs to the task. */
export interface Sending {
  readonly key: number
  readonly name: string
  readonly sizeBytes: number
  /** Why it did not arrive. */
  readonly error: string | null
}

export type Files = ReturnType<typeof useAttachments>

/** Files by the button, by paste and by drop; each goes to the server at once, so that Run need not wait for it. */
export function useAttachments(task: Task, change: ChangeTask) {
  const [sending, setSending] = useState<readonly Sending[]>([])
  const [isOver, setIsOver] = useState(false)
  const next = useRef(1)
  const arrived = useEffectEvent((file: TaskFile) => change(({ inputs }) => ({ inputs: [...inputs, file] })))
  const add = (files: readonly File[]) => {
    const taken = new Set([...task.inputs, ...sending].map(({ name }) => name))
    for (const file of files) {
      const name = freeName(file.name, taken)
      taken.add(name)
      const key = next.current++
      setSending((before) => [...before, { key, name, sizeBytes: file.size, error: null }])
      const leave = () => setSending((before) => before.filter((one) => one.key !== key))
      putFile(name, file).then(
        (put) => {
          leave()
          arrived(put)
        },
        (error: unknown) => {
          const words = error instanceof Error ? error.message : String(error)
          setSending((before) => before.map((one) => (one.key === key ? { ...one, error: words } : one)))
        },
      )
    }
  }
  return {
    sending,
    isSending: sending.some(({ error }) => error === null),
    add,
    forget: (key: number) => setSending((before) => before.filter((one) => one.key !== key)),
    onPaste: (event: ClipboardEvent) => {
      if (event.clipboardData.files.length === 0) return
      event.preventDefault()
      add([...event.clipboardData.files])
    },
    drop: {
      'data-over': isOver ? '' : undefined,
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setIsOver(true)
      },
      onDragLeave: () => setIsOver(false),
      onDrop: (event: DragEvent) => {
        setIsOver(false)
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        add([...event.dataTransfer.files])
      },
    },
  }
}

async function putFile(name: string, body: File): Promise<TaskFile> {
  const answer = await fetch(`/inputs?name=${encodeURIComponent(name)}`, { method: 'PUT', body }).catch(() => null)
  if (answer === null) throw new Error('No answer from the server.')
  const told: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw new Error(faultOfWire(told)?.words ?? `The server answered ${answer.status}.`)
  return told as TaskFile
}
