'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Play, Server, TriangleAlert } from 'lucide-react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { CopyLine } from '../../ui/Copy.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { duration } from '../../ui/format/time.ts'
import { Clock } from '../../ui/Time.tsx'
import { useCommands } from '../shell/commands.tsx'
import { Checks } from './Checks.tsx'
import { WarmPool } from './WarmPool.tsx'
import { Verdict } from './Verdict.tsx'
import { Wall } from './Wall.tsx'

const OPEN = [
  [
    'An allowed host is an open door',
    'What an agent may send to a host on its list, it can send there. Keep the lists short.',
  ],
  [
    'A hole in the kernel',
    'Sandboxes share the kernel of this machine. Where that matters, give Errand a machine of its own.',
  ],
  [
    'What the model provider learns',
    'The prompt and what the agent reads go to the model that you chose; its provider sees them.',
  ],
] as const

/** What a sandbox can and cannot reach, tried and not promised. */
export function Boundary() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const last = useQuery(trpc.system.boundary.queryOptions())
  const test = useMutation(
    trpc.system.doctor.mutationOptions({ onSettled: () => queries.invalidateQueries(trpc.system.pathFilter()) }),
  )
  const run = () => test.mutate()
  useCommands([{ id: 'boundary-test', name: 'Test the wall now', icon: Play, run }])
  const report = last.data?.report
  const isOnCluster = useQuery(trpc.system.info.queryOptions()).data?.runsOn === 'cluster'
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>What a sandbox can and cannot reach</h1>
          <p className="lead">
            Each sandbox holds no secret and reaches one thing: the gateway.{' '}
            {isOnCluster ? 'The cluster' : 'This machine'} enforces it, and the test tries to get out from inside one.
          </p>
        </div>
        <div className="acts">
          <Button tone="go" icon={Play} aria-busy={test.isPending} onClick={run}>
            {test.isPending ? 'Testing' : 'Test now'}
          </Button>
        </div>
      </div>
      {test.error === null ? null : <ErrorInPlace error={test.error} />}
      {last.error === null ? null : <ErrorInPlace error={last.error} retry={() => void last.refetch()} />}
      <Verdict last={last.data ?? null} isTesting={test.isPending} />
      <Wall />
      <section className="sec" aria-labelledby="self-test">
        <div className="bar">
          <h2 id="self-test">Self-test</h2>
          {last.data === null || last.data === undefined ? null : (
            <span className="small three">
              from inside a sandbox, <Clock at={last.data.testedAt} />, {duration(last.data.ms)}
            </span>
          )}
        </div>
        {report === undefined ? (
          <Empty title="Not tested yet." action={<Button onClick={run}>Test now</Button>}>
            Every address and file that is tried comes here, with what happened. It takes some seconds and one small
            run.
          </Empty>
        ) : report.boundary.length === 0 ? (
          <p className="small two">Nothing was tried: no sandbox could be started here.</p>
        ) : (
          <Checks checks={report.boundary} />
        )}
      </section>
      <section className="sec" aria-labelledby="machine">
        <h2 id="machine">{isOnCluster ? 'This cluster' : 'This machine'}</h2>
        {report === undefined ? <MachineWords /> : <Checks checks={report.machine} />}
      </section>
      <WarmPool />
      <section className="sec" aria-labelledby="prove">
        <h2 id="prove">Prove it yourself</h2>
        <p className="two prove">
          Runs the same test in a fresh sandbox and prints everything that was tried. Ends with an error if anything got
          through.
        </p>
        <CopyLine text={isOnCluster ? 'bin/errand doctor --cluster' : 'bin/errand doctor'} of="the command" />
      </section>
      <section className="sec" aria-labelledby="open">
        <h2 id="open">What this does not stop</h2>
        <ul className="may">
          {OPEN.map(([what, words]) => (
            <li key={what}>
              <TriangleAlert className="i s" aria-hidden="true" />
              <span>
                <b>{what}</b>
                {words}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function MachineWords() {
  const trpc = useTRPC()
  const words = useQuery(trpc.system.info.queryOptions()).data?.machine ?? []
  return (
    <ul className="may">
      {words.map((line) => (
        <li key={line}>
          <Server className="i s" aria-hidden="true" />
          <span>{line}</span>
        </li>
      ))}
    </ul>
  )
}
