'use client'

import type { StepName } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTRPCClient } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Segmented } from '../../../ui/Segmented.tsx'
import { Terminal } from '../../timeline/Terminal.tsx'
import { PAGE } from '../live/liveRun.ts'
import type { RunView } from '../types.ts'
import { type Logs as Read, LogReader } from './logReader.ts'
import { save, useDownloadEvents } from './useDownloadEvents.ts'

type Log = StepName | 'raw'

const NAMES: Readonly<Partial<Record<Log, string>>> = {
  setup: 'Setup',
  agent: 'Script',
  verify: 'Verify',
  raw: 'Events',
}

const LIVE_MS = 2_000

/** What the steps printed, and the events as they are stored. */
export function Logs({ run, isOver }: { run: RunView; isOver: boolean }) {
  const client = useTRPCClient()
  const [reader] = useState(
    () => new LogReader((after) => client.runs.events.query({ runId: run.id, after, limit: PAGE }), PAGE),
  )
  const query = useQuery({
    queryKey: ['run-logs', run.id],
    queryFn: () => reader.read(),
    refetchInterval: isOver ? false : LIVE_MS,
    gcTime: 0,
  })
  if (query.isPending) return <LoadingRows of="Reading the log" />
  if (query.data === undefined) return <ErrorInPlace error={query.error} retry={() => void query.refetch()} />
  return <Shown logs={query.data} run={run} />
}

function Shown({ logs, run }: { logs: Read; run: RunView }) {
  const kinds: readonly Log[] = [...logs.steps.keys(), 'raw']
  const [chosen, choose] = useState<Log | null>(null)
  const kind = chosen ?? kinds[0] ?? 'raw'
  const events = useDownloadEvents(run)
  const text = kind === 'raw' ? logs.raw.join('\n') : (logs.steps.get(kind) ?? '')
  const download = () => {
    if (kind === 'raw') events.now()
    else save(new Blob([text], { type: 'text/plain' }), `${run.id}.${kind}.log`)
  }
  return (
    <section aria-label="Logs" className="logs">
      <div className="rowline">
        <Segmented
          name="Log"
          segments={kinds.map((value) => ({ value, label: NAMES[value] ?? value }))}
          value={kind}
          onChange={choose}
        />
        <Button icon={Download} onClick={download} aria-busy={events.isPending}>
          {kind === 'raw' ? 'Download all events' : 'Download'}
        </Button>
      </div>
      {events.error === null ? null : <ErrorInPlace error={events.error} />}
      {text === '' ? (
        <Empty title="Nothing was printed">What it prints will be here.</Empty>
      ) : (
        <Terminal text={text} name={`Log: ${NAMES[kind] ?? kind}`} />
      )}
      <p className="small three">
        {kind === 'raw' && run.state.seq > logs.raw.length ? `The newest ${logs.raw.length} of ${run.state.seq}. ` : ''}
        The whole log is among the artifacts once the run is over.
      </p>
    </section>
  )
}
