'use client'

import type { OpenQuestion } from '@errand/domain'
import { KeyRound } from 'lucide-react'
import { Button, ButtonLink } from '../../../ui/Button.tsx'
import type { RunView } from '../types.ts'
import { Card } from './Card.tsx'
import { useAnswer } from './useAnswer.ts'
import { visible } from './visible.ts'

type SignInQuestion = Extract<OpenQuestion, { kind: 'sign-in' }>

/** An MCP server wants a person: the run goes on by itself once somebody has signed in, wherever they do it. */
export function SignInCard({ run, question }: { run: RunView; question: SignInQuestion }) {
  const answer = useAnswer(run, question.id)
  return (
    <Card question={question} icon={KeyRound} title={`Needs sign-in: ${visible(question.server)}`} error={answer.error}>
      <p>{visible(question.words)}</p>
      <p className="small three">The run waits, and goes on by itself after the sign-in.</p>
      <div className="acts even" aria-busy={answer.isGiven}>
        <ButtonLink tone="go" href={`/mcp/${question.server}`}>
          Sign in
        </ButtonLink>
        <Button onClick={() => answer.give('deny')} aria-disabled={answer.isGiven}>
          Go on without it
        </Button>
      </div>
    </Card>
  )
}
