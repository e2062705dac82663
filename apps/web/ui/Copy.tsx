'use client'

import { Check, Copy as CopyIcon } from 'lucide-react'
import { useState } from 'react'
import { Button } from './Button.tsx'

/** Puts `text` into the clipboard and says so in the same place. `of` names it: `Copy the link`. */
export function Copy({ text, of }: { text: string; of: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      // No clipboard without TLS or the right: the text stands beside the button and can be selected.
      () => setState('refused'),
    )
  }
  return (
    <>
      <Button square icon={state === 'copied' ? Check : CopyIcon} onClick={copy} onBlur={() => setState('idle')}>
        Copy {of}
      </Button>
      <span className="vh" role="status">
        {state === 'copied' ? 'Copied' : ''}
      </span>
      {state === 'refused' ? <span className="small two">This browser gives no clipboard here; select it.</span> : null}
    </>
  )
}

/** A command or a link in a well, with its copy button. */
export function CopyLine({ text, of }: { text: string; of: string }) {
  return (
    <div className="term">
      <code>{text}</code>
      <Copy text={text} of={of} />
    </div>
  )
}
