import type { ServerTool } from '../types.ts'

/** Seen otherwise than a person accepted it, or never accepted: agents neither see nor call it. */
export function isHeldBack({ state, isGone }: Pick<ServerTool, 'state' | 'isGone'>): boolean {
  return !isGone && state !== 'accepted'
}

const HINTS = [
  ['readOnlyHint', 'says it only reads'],
  ['destructiveHint', 'says it may destroy'],
  ['openWorldHint', 'says it reaches outside'],
] as const

/** What a server claims of a tool. Nobody trusts it; a person may want to read it. */
export function claims({ annotations }: ServerTool['body']): readonly string[] {
  return HINTS.flatMap(([hint, words]) => (annotations?.[hint] === true ? [words] : []))
}

export interface Changed {
  readonly what: string
  readonly before: string
  readonly after: string
}

/** What is different from what was accepted. A tool that is new has no before. */
export function changesOf({ body, acceptedBody }: Pick<ServerTool, 'body' | 'acceptedBody'>): readonly Changed[] {
  const part = (
    of: ServerTool['body'] | null,
    key: 'description' | 'inputSchema' | 'annotations' | 'title',
  ): string => {
    const value = of?.[key]
    return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  }
  return (
    [
      ['Title', 'title'],
      ['Description', 'description'],
      ['Arguments', 'inputSchema'],
      ['Claims', 'annotations'],
    ] as const
  ).flatMap(([what, key]) => {
    const [before, after] = [part(acceptedBody, key), part(body, key)]
    return before === after ? [] : [{ what, before, after }]
  })
}
