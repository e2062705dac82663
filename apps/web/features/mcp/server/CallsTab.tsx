'use client'

import { useQuery } from '@tanstack/react-query'
import { Ban, Check, Hand, type LucideIcon } from 'lucide-react'
import { FAULTS, type ToolVerdict } from '@errand/contracts'
import Link from 'next/link'
import { useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { Field } from '../../../ui/Field.tsx'
import { size } from '../../../ui/format/amount.ts'
import { latency } from '../../../ui/format/time.ts'
import { visible } from '../../../ui/format/visible.ts'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Clock } from '../../../ui/Time.tsx'
import type { ServerCall } from '../types.ts'

const PAGE = 100

/** Every call, also the refused ones: newest first, a hundred at a time. */
export function CallsTab({ name }: { name: string }) {
  const [typed, setTyped] = useState('')
  const [tool, setTool] = useState('')
  const [pages, setPages] = useState<readonly (ServerCall['id'] | undefined)[]>([undefined])
  const choose = (next: string) => {
    setTool(next)
    setPages([undefined])
  }
  return (
    <section className="calls">
      <form
        className="rowline search-line"
        role="search"
        aria-label="Calls"
        onSubmit={(event) => {
          event.preventDefault()
          choose(typed.trim())
        }}
      >
        <Field
          label="Only of the tool"
          className="mono"
          spellCheck={false}
          autoCapitalize="none"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit">Show</Button>
        {tool === '' ? null : (
          <Button
            tone="bare"
            onClick={() => {
              setTyped('')
              choose('')
            }}
          >
            All tools
          </Button>
        )}
      </form>
      {pages.map((before, index) => (
        <CallPage
          key={`${tool} ${before ?? ''}`}
          {...{ name, tool, before }}
          onMore={index === pages.length - 1 ? (last) => setPages([...pages, last]) : null}
        />
      ))}
    </section>
  )
}

interface CallPageProps {
  readonly name: string
  readonly tool: string
  readonly before: ServerCall['id'] | undefined
  readonly onMore: ((last: ServerCall['id']) => void) | null
}

function CallPage({ name, tool, before, onMore }: CallPageProps) {
  const input = {
    server: name,
    ...(tool === '' ? {} : { tool }),
    ...(before === undefined ? {} : { before }),
  }
  const calls = useQuery(useTRPC().mcp.calls.queryOptions(input))
  if (calls.isPending) return <LoadingRows of="Reading the calls" />
  if (calls.data === undefined) return <ErrorInPlace error={calls.error} retry={() => void calls.refetch()} />
  const last = calls.data.at(-1)
  if (last === undefined)
    return before === undefined ? (
      <Empty title={tool === '' ? 'No call yet.' : `No call of ${tool}.`}>
        Each one stands here: who, which run, what with, and what was decided.
      </Empty>
    ) : null
  return (
    <>
      <table className="tbl calltbl">
        <thead>
          <tr>
            <th>When</th>
            <th>By</th>
            <th>Tool</th>
            <th>Decision</th>
            <th>Answer</th>
            <th className="num">Took</th>
          </tr>
        </thead>
        <tbody>
          {calls.data.map((call) => (
            <CallRow key={call.id} call={call} />
          ))}
        </tbody>
      </table>
      {onMore === null || calls.data.length < PAGE ? null : (
        <Button tone="bare" onClick={() => onMore(last.id)}>
          Older calls
        </Button>
      )}
    </>
  )
}

const VERDICTS: Readonly<
  Record<ToolVerdict, { readonly word: string; readonly icon: LucideIcon; readonly tone: string }>
> = {
  allow: { word: 'Allowed', icon: Check, tone: '' },
  ask: { word: 'Asked first', icon: Hand, tone: '' },
  deny: { word: 'Denied', icon: Ban, tone: 'fault' },
}

function CallRow({ call }: { call: ServerCall }) {
  const { icon: Icon, tone, ...verdict } = VERDICTS[call.verdict]
  const word = call.verdict === 'ask' && call.code === null ? 'Asked, allowed' : verdict.word
  return (
    <tr>
      <td className="three nw">
        <Clock at={call.at} seconds />
      </td>
      <td>
        {call.runId === null ? (
          <span>{call.by ?? 'a person'}, by hand</span>
        ) : (
          <Link href={`/runs/${call.runId}`}>{visible(call.title ?? 'a run')}</Link>
        )}
      </td>
      <td>
        <code>{visible(call.tool)}</code>
        <span className="small three below breaks clamp mono">{visible(JSON.stringify(call.arguments))}</span>
      </td>
      <td>
        <span className={`state ${tone}`.trim()}>
          <Icon className="i s" aria-hidden="true" />
          {word}
        </span>
      </td>
      <td>
        {call.code === null ? (
          <span>
            {call.isError ? 'an error, ' : ''}
            {size(call.resultBytes)}
          </span>
        ) : (
          <span className="two">{FAULTS[call.code].words}</span>
        )}
      </td>
      <td className="num three">{latency(call.ms)}</td>
    </tr>
  )
}
