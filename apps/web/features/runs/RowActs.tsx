'use client'

import { Arriving } from '../../ui/Arriving.tsx'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { lazy } from '../../ui/lazy.ts'
import { groupOf } from './placeRows.ts'
import { useRunList } from './RunListContext.tsx'
import type { ListedRun } from './types.ts'

const RowMend = lazy(() => import('./RowMend.tsx').then(({ RowMend: it }) => ({ default: it })))

/** What a row offers to do: an answer to what waits, the remedy of what failed and was not looked at yet. */
export function RowActs({ run }: { run: ListedRun }) {
  const group = groupOf(run)
  if (group === 'needs') return <Answer run={run} />
  if (group !== 'review' || run.state.code === null) return null
  return (
    <Arriving>
      <RowMend run={run} />
    </Arriving>
  )
}

/** A host is answered here: the row shows all there is to it. Anything else is read whole first. */
function Answer({ run }: { run: ListedRun }) {
  const { actions } = useRunList()
  const [question, ...more] = run.state.questions
  if (question?.kind === 'sign-in' && more.length === 0)
    return (
      <div className="a">
        <ButtonLink tone="go" href={`/mcp/${question.server}`} prefetch={false}>
          Sign in<span className="vh"> with {question.server}</span>
        </ButtonLink>
      </div>
    )
  if (question?.kind !== 'host' || more.length > 0)
    return (
      <div className="a">
        <ButtonLink tone="go" href={`/runs/${run.id}`} prefetch={false}>
          Read and answer
        </ButtonLink>
      </div>
    )
  const say = (answer: 'allow-run' | 'deny') => () => actions.answer(run, { questionId: question.id, answer })
  return (
    <div className="a">
      <Button onClick={say('deny')}>
        Keep blocked<span className="vh"> {question.host}</span>
      </Button>
      <Button tone="go" onClick={say('allow-run')}>
        Allow for this run<span className="vh">: {question.host}</span>
      </Button>
    </div>
  )
}
