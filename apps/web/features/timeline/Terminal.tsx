'use client'

import { Suspense } from 'react'
import { lazy } from '../../ui/lazy.ts'
import { errorLine, terminalText, withoutColours } from './terminalText.ts'

// Most output has no colours: then the parser is never loaded.
const Colours = lazy(() => import('./Colours.tsx').then(({ Colours: it }) => ({ default: it })))

interface TerminalProps {
  readonly text: string
  readonly name: string
  /** The first line that names an error stands out. */
  readonly marksError?: boolean
  /** It goes on: the end stays in sight, unless somebody has scrolled up. */
  readonly isGoingOn?: boolean
}

/** What a program printed. It is text and stays text, whatever it says. */
export function Terminal({ text, name, marksError = false, isGoingOn = false }: TerminalProps) {
  const shown = terminalText(text)
  const hit = marksError ? errorLine(shown) : null
  return (
    <pre className={isGoingOn ? 'out going-on' : 'out'} tabIndex={0} role="region" aria-label={name}>
      {hit === null ? (
        // One element: what goes on is laid out from its end.
        <span>
          <Coloured text={shown} />
        </span>
      ) : (
        <>
          <Coloured text={shown.slice(0, hit.from)} />
          <span className="hit">
            <Coloured text={shown.slice(hit.from, hit.to)} />
          </span>
          <Coloured text={shown.slice(hit.to)} />
        </>
      )}
    </pre>
  )
}

function Coloured({ text }: { text: string }) {
  if (!text.includes('\u001b[')) return text
  return (
    <Suspense fallback={withoutColours(text)}>
      <Colours text={text} />
    </Suspense>
  )
}
