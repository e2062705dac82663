'use client'

import { Arriving } from '../../../ui/Arriving.tsx'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { lazy } from '../../../ui/lazy.ts'
import type { Row } from '../../timeline/row.ts'
import type { RunView } from '../types.ts'

const HostCard = lazy(() => import('./HostCard.tsx').then(({ HostCard: it }) => ({ default: it })))
const SignInCard = lazy(() => import('./SignInCard.tsx').then(({ SignInCard: it }) => ({ default: it })))
const ToolCard = lazy(() => import('./ToolCard.tsx').then(({ ToolCard: it }) => ({ default: it })))

/** What the run waits for a person for, above everything else, oldest first. */
export function Cards({ run, rows }: { run: RunView; rows: readonly Row[] }) {
  const { questions } = run.state
  return (
    <div className="cards">
      <p className="vh" role="status">
        {questions.length === 0
          ? ''
          : questions.length === 1
            ? 'It waits for your answer.'
            : 'It waits for your answers.'}
      </p>
      {questions.map((question) => (
        <Arriving key={question.id} fallback={<LoadingRows of="Reading the question" rows={1} />}>
          {question.kind === 'host' ? (
            <HostCard run={run} question={question} />
          ) : question.kind === 'sign-in' ? (
            <SignInCard run={run} question={question} />
          ) : (
            <ToolCard run={run} rows={rows} question={question} />
          )}
        </Arriving>
      ))}
    </div>
  )
}
