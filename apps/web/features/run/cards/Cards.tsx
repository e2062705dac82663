'use client'

import type { Row } from '../../timeline/row.ts'
import type { RunView } from '../types.ts'
import { HostCard } from './HostCard.tsx'
import { ToolCard } from './ToolCard.tsx'

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
      {questions.map((question) =>
        question.kind === 'host' ? (
          <HostCard key={question.id} run={run} question={question} />
        ) : (
          <ToolCard key={question.id} run={run} rows={rows} question={question} />
        ),
      )}
    </div>
  )
}
