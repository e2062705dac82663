'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { moneyOf } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { StateLabel } from '../../ui/StateLabel.tsx'
import { Ago } from '../../ui/Time.tsx'
import { stateOf } from '../run/stateOf.ts'

const SHOWN = 20

/** The last runs; all of them are in the list of runs, found by this agent. */
export function AgentRuns({ name }: { name: string }) {
  const trpc = useTRPC()
  const list = useQuery(trpc.runs.search.queryOptions({ agent: name, limit: SHOWN }))
  const runs = list.data?.runs ?? []
  return (
    <section className="sec" aria-label="Runs">
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? <LoadingRows of="Reading the runs" /> : null}
      {list.data !== undefined && runs.length === 0 ? (
        <Empty title="No run yet.">The tasks that were given to {name} come here.</Empty>
      ) : null}
      <ul className="list agent-runs">
        {runs.map((run) => (
          <li key={run.id}>
            <span className="grow">
              <Link href={`/runs/${run.id}`}>
                <b>{run.prompt.trim().split('\n')[0]}</b>
              </Link>
              <span className="small three below">
                v{run.agentVersion}
                {run.agent === name ? '' : ', as a draft'}, {moneyOf(run.state.usage.costUsd, run.budgetUsd)},{' '}
                <Ago at={run.state.createdAt} />
              </span>
            </span>
            <StateLabel state={stateOf(run.state)} />
          </li>
        ))}
      </ul>
      {runs.length < SHOWN ? null : (
        <p className="small two">
          The last {SHOWN}. <Link href={`/?agent=${name}&all`}>All of them</Link>
        </p>
      )}
    </section>
  )
}
