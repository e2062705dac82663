'use client'

import type { OpenQuestion } from '@errand/domain'
import { ShieldBan } from 'lucide-react'
import { Code } from '../../../ui/Code.tsx'
import type { RunView } from '../types.ts'
import { Answers } from './Answers.tsx'
import { Card } from './Card.tsx'
import { useAnswer } from './useAnswer.ts'
import { visible } from './visible.ts'

type HostQuestion = Extract<OpenQuestion, { kind: 'host' }>

/** A program wants a host that is not allowed; its connection is held meanwhile. */
export function HostCard({ run, question }: { run: RunView; question: HostQuestion }) {
  const answer = useAnswer(run, question.id)
  const host = visible(`${question.host}:${question.port}`)
  return (
    <Card question={question} icon={ShieldBan} title={`May it reach ${visible(question.host)}?`} error={answer.error}>
      <p className="small two">
        The connection to <Code>{host}</Code> is held until you answer.{' '}
        {question.command === null ? 'Which program wants it is not known.' : 'This program wants it:'}
      </p>
      {question.command === null ? null : (
        <pre className="cmd" tabIndex={0} role="region" aria-label="The program that wants it" translate="no">
          {visible(question.command)}
        </pre>
      )}
      <p className="small three">
        Asked because the host is not among those of {run.agent} v{run.agentVersion} (network: {run.network}). What is
        sent there cannot be taken back.
      </p>
      <Answers agent={run.agent} answer={answer} once="Allow once" deny="Keep blocked" isLasting isNoteless />
    </Card>
  )
}
