'use client'

import type { StepName } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { duration } from '../../ui/format/time.ts'
import { readTail } from '../artifacts/readArtifact.ts'
import { useArtifacts } from '../artifacts/useArtifacts.ts'
import { failingLines } from './failingLines.ts'
import type { Run } from './outcomeOf.ts'

/** Where it happened, and the line that says what, in its context. */
export function WhatHappened({ run }: { run: Run }) {
  const { state } = run
  const step = state.steps.find(({ ok }) => ok === false)
  const own = ownOutput(state)
  return (
    <>
      <p className="two">
        {step === undefined || state.endedAt === null ? null : (
          <>
            It happened in {step.step === 'agent' && run.runtime === 'script' ? 'the script' : STEPS[step.step]},{' '}
            {duration(Date.parse(state.endedAt) - Date.parse(state.createdAt))} in.{' '}
          </>
        )}
        {state.detail === null || state.detail.includes('\n') || state.detail === own ? null : state.detail}
      </p>
      {own === null ? <LogTail run={run} /> : <Lines output={own} />}
    </>
  )
}

const STEPS: Readonly<Record<StepName, string>> = {
  sandbox: 'the start of the sandbox',
  wall: 'the proof of the wall',
  clone: 'cloning',
  inputs: 'fetching the input files',
  setup: 'the setup command',
  agent: 'the agent’s work',
  verify: 'the verify command',
  collect: 'collecting the artifacts',
}

/** What the run itself knows of it: the check's output, or git's and the provider's own words. */
function ownOutput({ evidence, detail }: Run['state']): string | null {
  if (evidence !== null && evidence.exitCode !== 0) return evidence.output
  return detail?.includes('\n') === true ? detail : null
}

/** The end of what was printed, where it was kept. */
function LogTail({ run }: { run: Run }) {
  const log = useArtifacts(run.id).data?.find(({ kind, name }) => kind === 'log' && name === 'output.log')
  const tail = useQuery({
    queryKey: ['artifact-tail', log?.id],
    queryFn: () => (log === undefined ? '' : readTail(log, TAIL_BYTES)),
    enabled: log !== undefined,
    staleTime: Infinity,
  })
  return tail.data === undefined ? null : <Lines output={tail.data} />
}

const TAIL_BYTES = 8_000

function Lines({ output }: { output: string }) {
  const { lines, hit } = failingLines(output)
  if (lines.length === 0) return null
  return (
    <pre className="out" tabIndex={0} role="region" aria-label="Output where it failed">
      {lines.map((line, index) => (
        <Fragment key={index}>
          <span className={index === hit ? 'hit' : undefined}>{line}</span>
          {'\n'}
        </Fragment>
      ))}
    </pre>
  )
}
