'use client'

import Anser from 'anser'

/** Text with the colours of a terminal, in ours: the numbers become classes, never styles. */
export function Colours({ text }: { text: string }) {
  return Anser.ansiToJson(text, { use_classes: true, remove_empty: true }).map((part, index) => {
    const classes = [part.fg, ...part.decorations.map((decoration) => `ansi-${decoration}`)].filter(Boolean)
    return classes.length === 0 ? (
      part.content
    ) : (
      <span key={index} className={classes.join(' ')}>
        {part.content}
      </span>
    )
  })
}
