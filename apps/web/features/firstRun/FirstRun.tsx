'use client'

import { Bot, Coins, GitBranch, Play } from 'lucide-react'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { useLiveRuns } from '../runs/useRunGroups.ts'
import type { ListedRun, RunId } from '../runs/types.ts'
import { NextSteps } from './NextSteps.tsx'
import { Story } from './Story.tsx'
import { ThisMachine } from './ThisMachine.tsx'
import { useDemo } from './useDemo.ts'
import { useStory } from './useStory.ts'

interface FirstRunProps {
  /** The demo run, once it was fired. */
  readonly run: ListedRun | null
  readonly onOwnTask: () => void
}

/** Nothing is set up, and nothing needs to be: one press shows a test turn from red to green. */
export function FirstRun({ run, onOwnTask }: FirstRunProps) {
  const demo = useDemo()
  useLiveRuns()
  const runId = run?.id ?? demo.data?.runId ?? null
  return (
    <div className="first">
      <h1>Errand is up. Send it on its first errand.</h1>
      <p className="lead">
        Nothing is set up yet, and nothing needs to be: a demo model is built in. It is a fixed script, not a language
        model. No key, no cost, a real sandbox.
      </p>
      <section className="slip composer first-slip" aria-label="First run">
        <p className="first-task">
          Find out why the test in the sample repository fails, fix it, and bring back a patch.
        </p>
        <div className="ctl">
          <Given />
          <div className="run">
            {runId === null ? (
              <Button tone="go" icon={Play} aria-busy={demo.isPending} onClick={demo.fire} autoFocus>
                Try it
              </Button>
            ) : null}
          </div>
        </div>
        {runId === null ? (
          <p className="pre">Ready. About 5 s: a sandbox starts, a test turns from red to green, a patch comes back</p>
        ) : (
          <Progress runId={runId} isOver={run !== null && run.state.endedAt !== null} onOwnTask={onOwnTask} />
        )}
      </section>
      {demo.error === null ? null : <ErrorInPlace error={demo.error} retry={demo.fire} />}
      <div className="cols">
        <NextSteps />
        <ThisMachine />
      </div>
    </div>
  )
}

function Given() {
  return (
    <ul className="chips first-given" aria-label="Settings of this run">
      <li className="chip">
        <GitBranch className="i s" aria-hidden="true" />
        <b>local/demo</b> main
      </li>
      <li className="chip">
        <Bot className="i s" aria-hidden="true" />
        <b>Demo model</b> scripted
      </li>
      <li className="chip">
        <Coins className="i s" aria-hidden="true" />
        <b>$0.00</b>
      </li>
    </ul>
  )
}

function Progress({ runId, isOver, onOwnTask }: { runId: RunId; isOver: boolean; onOwnTask: () => void }) {
  const lines = useStory(runId)
  return (
    <div className="first-story">
      <Story lines={lines} />
      {isOver ? (
        <div className="acts">
          <ButtonLink tone="go" href={`/runs/${runId}`}>
            See what came back
          </ButtonLink>
          <Button onClick={onOwnTask}>Write a task of your own</Button>
        </div>
      ) : null}
    </div>
  )
}
