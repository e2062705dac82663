'use client'

import { lazy, Suspense } from 'react'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import type { Row } from '../../timeline/row.ts'
import type { RunView } from '../types.ts'

const HostCard = lazy(() => import('./HostCard.tsx').then(({ HostCard: it }) => ({ default: it })))
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
      <Suspense fallback={<LoadingRows of="Reading the question" rows={1} />}>
        {questions.map((question) =>
          question.kind === 'host' ? (
            <HostCard key={question.id} run={run} question={question} />
          ) : (
            <ToolCard key={question.id} run={run} rows={rows} question={question} />
          ),
        )}
      </Suspense>
    </div>
  )
}
