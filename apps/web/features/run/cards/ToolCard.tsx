'use client'

import type { OpenQuestion } from '@errand/domain'
import { Hand } from 'lucide-react'
import { Code } from '../../../ui/Code.tsx'
import type { RunView } from '../types.ts'
import { Answers } from './Answers.tsx'
import { Card } from './Card.tsx'
import type { Row } from '../../timeline/row.ts'
import { questionWords, reasonIn } from './questionWords.ts'
import { useAnswer } from './useAnswer.ts'
import { visible } from './visible.ts'

type ToolQuestion = Extract<OpenQuestion, { kind: 'tool' }>

/** The agent may not use a tool without a person's word. */
export function ToolCard({ run, rows, question }: { run: RunView; rows: readonly Row[]; question: ToolQuestion }) {
  const answer = useAnswer(run, question.id)
  const { title, exact, of } = questionWords(question)
  const reason = reasonIn(rows, question)
  const isPlan = question.tool === 'ExitPlanMode'
  return (
    <Card question={question} icon={Hand} title={title} error={answer.error}>
      <p className="small two">{of}</p>
      <pre className="cmd" tabIndex={0} role="region" aria-label="Exactly what would be done" translate="no">
        {visible(exact)}
      </pre>
      {reason === null ? null : <p>The agent says: “{visible(reason)}”</p>}
      <p className="small three">
        Asked because {run.agent} v{run.agentVersion}{' '}
        {isPlan
          ? 'plans first. From your word on it works freely.'
          : question.mcp === undefined
            ? 'asks before what is risky.'
            : `asks before this tool of ${question.mcp.server}.`}{' '}
        {isPlan ? '' : 'Errand cannot undo it. '}
        <Rules rules={question.rules} />
      </p>
      <Answers
        agent={run.agent}
        answer={answer}
        once={isPlan ? 'Approve the plan' : 'Allow once'}
        deny="Deny with a note"
        isLasting={question.rules.length > 0}
      />
    </Card>
  )
}

/** What the wider answers would allow, since that is more than what is asked now. */
function Rules({ rules }: { rules: readonly string[] }) {
  if (rules.length === 0) return null
  return (
    <>
      “For this run” and “Always” allow{' '}
      {rules.map((rule, index) => (
        <span key={rule}>
          {index === 0 ? '' : ', '}
          <Code>{visible(rule)}</Code>
        </span>
      ))}
      .
    </>
  )
}
