'use client'

import { Share2 } from 'lucide-react'
import { Button } from '../../../ui/Button.tsx'
import { useToasts } from '../../../ui/Toasts.tsx'

/** Copies the link of what is shown; who opens it has to be signed in. */
export function ShareButton() {
  const copy = useCopy()
  return (
    <Button icon={Share2} onClick={() => copy(window.location.href, 'the link')}>
      Share
    </Button>
  )
}

/** Without a clipboard (no TLS) the text is shown to be copied by hand. */
export function useCopy(): (text: string, what: string) => void {
  const toasts = useToasts()
  return (text, what) => {
    navigator.clipboard.writeText(text).then(
      () => toasts.show({ text: `Copied ${what}` }),
      () => window.prompt(`This browser gives no clipboard here. Copy ${what}:`, text),
    )
  }
}
