'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Arriving } from '../../ui/Arriving.tsx'
import { useTRPCClient } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { Words } from '../../ui/Words.tsx'
import { lazy } from '../../ui/lazy.ts'
import type { RunView } from '../run/types.ts'
import { Terminal } from './Terminal.tsx'
import { inputLines } from './inputLines.ts'
import { readMore } from './readMore.ts'
import type { Row } from './row.ts'

const AllowHost = lazy(() => import('../run/cards/AllowHost.tsx').then(({ AllowHost: it }) => ({ default: it })))

/** What a row holds: what went in, and what came out. What it does not hold itself is read when it is asked for. */
export function OpenRow({ row, run }: { row: Row; run: RunView }) {
  const [isWhole, setIsWhole] = useState(false)
  const runId = run.id
  const client = useTRPCClient()
  const whole = useQuery({
    // The last of them decides: a row that goes on gets more.
    queryKey: ['timeline', runId, row.seq, row.more.at(-1)],
    queryFn: () => readMore(row, (after, limit) => client.runs.events.query({ runId, after, limit })),
    enabled: isWhole && row.more.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { input, output } = whole.data ?? row
  const isMore = row.more.length > 0 && whole.data === undefined
  return (
    <div className="opened">
      {input === '' ? null : <Input text={input} row={row} />}
      {output === '' ? null : isProse(row) ? (
        <p className="out words">{OURS.has(row.kind) ? <Words>{output}</Words> : output}</p>
      ) : (
        <Terminal
          text={output}
          marksError={row.tone === 'fault'}
          isGoingOn={row.isRunning}
          name={`Output of ${row.verb} ${row.target}`}
        />
      )}
      {row.kind === 'blocked' ? (
        <Arriving>
          <AllowHost run={run} host={row.target} />
        </Arriving>
      ) : null}
      {isMore ? (
        <Button tone="bare" onClick={() => setIsWhole(true)} aria-busy={whole.isFetching}>
          {whole.isFetching ? 'Reading the rest' : 'Show all of it'}
        </Button>
      ) : null}
      {whole.isError ? <ErrorInPlace error={whole.error} retry={() => void whole.refetch()} /> : null}
    </div>
  )
}

const WORDS = new Set<Row['kind']>(['said', 'thought', 'note', 'warning', 'question', 'host', 'blocked'])

/** What Errand says itself. */
const OURS = new Set<Row['kind']>(['warning', 'blocked'])

function isProse({ kind }: Row): boolean {
  return WORDS.has(kind)
}

const CLASSES = { added: 'p', removed: 'm', plain: undefined } as const

/** Characters of a target that are seen on the narrowest screen. */
const SEEN_WHOLE = 36

function Input({ text, row }: { text: string; row: Row }) {
  const lines = inputLines(row.kind, text)
  // What the line above says whole is not said twice.
  if (lines.length === 0 || (lines[0]?.text === row.target && lines.length === 1 && row.target.length < SEEN_WHOLE))
    return null
  return (
    <pre className="out in-lines" tabIndex={0} role="region" aria-label={`Input of ${row.verb} ${row.target}`}>
      {lines.map((line, index) => (
        <span key={index} className={CLASSES[line.kind]}>
          {line.text}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
