'use client'

import { Camera, Paperclip } from 'lucide-react'
import { useRef } from 'react'
import { Chip } from '../../ui/Menu.tsx'

/** The camera has a button of its own where there is one in the hand. */
export function AttachChip({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const any = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const add = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    onFiles([...(currentTarget.files ?? [])])
    // The same file can be chosen again after it was removed.
    currentTarget.value = ''
  }
  return (
    <>
      <Chip icon={Paperclip} aria-label="Attach files" onClick={() => any.current?.click()} />
      <span className="only-touch">
        <Chip icon={Camera} aria-label="Take a picture" onClick={() => camera.current?.click()} />
      </span>
      <input ref={any} type="file" multiple hidden onChange={add} />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={add} />
    </>
  )
}
