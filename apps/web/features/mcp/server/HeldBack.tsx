'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Hand } from 'lucide-react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { counted } from '../../../ui/format/amount.ts'
import { visible } from '../../../ui/format/visible.ts'
import { Slip } from '../../../ui/Slip.tsx'
import { useToasts } from '../../../ui/Toasts.tsx'
import type { ServerTool } from '../types.ts'
import { FlagList } from './FlagList.tsx'
import { lineDiff } from './lineDiff.ts'
import { changesOf } from './toolState.ts'

/** Tools that changed since a person accepted them: agents do not see them until somebody has read what is new. */
export function HeldBack({ server, tools }: { server: string; tools: readonly ServerTool[] }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const toasts = useToasts()
  const accept = useMutation(
    trpc.mcp.acceptTools.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.mcp.pathFilter())
        toasts.show({ text: 'Accepted. Agents see it from now on.' })
      },
    }),
  )
  return (
    <Slip tone="ask" className="held-back" role="region" aria-label="Held back">
      <h2>
        <Hand className="i" aria-hidden="true" /> {counted(tools.length, 'tool')} held back
      </h2>
      <p className="small two">
        {tools.length === 1 ? 'It is' : 'They are'} not what was accepted. Agents neither see nor call{' '}
        {tools.length === 1 ? 'it' : 'them'} until you accept what is new.
      </p>
      {accept.error === null ? null : <ErrorInPlace error={accept.error} />}
      {tools.map((tool) => (
        <section key={tool.name} aria-label={tool.name}>
          <div className="bar">
            <h3 className="mono">{tool.name}</h3>
            <Button
              aria-busy={accept.isPending}
              onClick={() => accept.mutate({ server, tools: [{ name: tool.name, sha256: tool.sha256 }] })}
            >
              Accept<span className="vh"> {tool.name}</span>
            </Button>
          </div>
          {tool.acceptedBody === null ? <p className="small two">It is new.</p> : null}
          <FlagList flags={tool.flags} />
          {changesOf(tool).map(({ what, before, after }) => (
            <figure key={what} className="text-diff">
              <figcaption className="small three">{what}</figcaption>
              <pre className="mono">
                {lineDiff(before, after).map(({ kind, text }, index) =>
                  kind === 'same' ? (
                    <span key={index}>
                      {visible(text)}
                      {'\n'}
                    </span>
                  ) : kind === 'gone' ? (
                    <del key={index}>
                      {visible(text)}
                      {'\n'}
                    </del>
                  ) : (
                    <ins key={index}>
                      {visible(text)}
                      {'\n'}
                    </ins>
                  ),
                )}
              </pre>
            </figure>
          ))}
        </section>
      ))}
    </Slip>
  )
}
