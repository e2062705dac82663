'use client'

import { BrickWallShield, GitBranch, KeyRound, MessageSquareText, PencilLine, RotateCcw, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { duplicateHref } from '../run/duplicateHref.ts'
import type { Run } from './outcomeOf.ts'
import { hasBranch, mendText, moreOf, type Remedy, remediesOf } from './remedies.ts'
import type { GoOn } from './useGoOn.ts'

interface NextStepsProps {
  readonly run: Run
  readonly goOn: GoOn
  /** Opens the field for a person's words. */
  readonly onDirect: () => void
}

/** What to press next: after a failure the remedy first, after a success what is done with the result. */
export function NextSteps(props: NextStepsProps) {
  const { run } = props
  const { code, status } = run.state
  if (status === 'succeeded' || code === null) return <Afterwards {...props} />
  const offered = remediesOf(code).filter((remedy) => remedy.kind !== 'more' || moreOf(remedy.of, run) !== null)
  return (
    <div className="acts">
      {offered.map((remedy, index) => (
        <RemedyButton key={keyOf(remedy)} {...props} remedy={remedy} isFirst={index === 0} />
      ))}
    </div>
  )
}

function keyOf(remedy: Remedy): string {
  if (remedy.kind === 'more') return `more ${remedy.of}`
  return remedy.kind === 'open' ? `open ${remedy.place}` : remedy.kind
}

function Afterwards({ run, onDirect }: NextStepsProps) {
  return (
    <div className="acts">
      <Button icon={MessageSquareText} onClick={onDirect}>
        Ask for changes
      </Button>
      {hasBranch(run) ? (
        <ButtonLink icon={GitBranch} href={handOverHref(run)}>
          Hand to another run
        </ButtonLink>
      ) : null}
    </div>
  )
}

/** The composer on this run's branch, with nothing written yet. */
function handOverHref({ state, agent }: Run): string {
  const pushed = state.changes.filter(({ branch }) => branch !== null)
  const fields = new URLSearchParams({ new: '', agent, repos: pushed.map(({ repository }) => repository).join(',') })
  const branch = pushed[0]?.branch
  if (typeof branch === 'string') fields.set('branch', branch)
  return `/?${fields}`
}

function RemedyButton({
  run,
  goOn,
  onDirect,
  remedy,
  isFirst,
}: NextStepsProps & { remedy: Remedy; isFirst: boolean }): ReactNode {
  const look = isFirst ? ({ tone: 'go' } as const) : {}
  const isFromBranch = hasBranch(run)
  switch (remedy.kind) {
    case 'retry':
      return (
        <Button {...look} icon={RotateCcw} aria-busy={goOn.isPending} onClick={() => goOn.retry({})}>
          {isFirst ? 'Retry' : 'Retry as it was'}
        </Button>
      )
    case 'more': {
      const more = moreOf(remedy.of, run)
      if (more === null) return null
      const retry = () => goOn.retry({ change: more.change, isFromBranch })
      return (
        <Button {...look} icon={RotateCcw} aria-busy={goOn.isPending} onClick={retry}>
          {isFromBranch && remedy.of !== 'memory' ? 'Go on with' : 'Retry with'} {more.words}
        </Button>
      )
    }
    case 'mend': {
      const mend = () => goOn.followUp({ text: mendText(run.state) })
      return (
        <Button {...look} icon={Wrench} aria-busy={goOn.isPending} onClick={mend}>
          Send it back to mend this
        </Button>
      )
    }
    case 'direct':
      return (
        <Button {...look} icon={MessageSquareText} onClick={onDirect}>
          Go on with your words
        </Button>
      )
    case 'reword':
      return (
        <ButtonLink {...look} icon={PencilLine} href={duplicateHref(run)}>
          Reword the task
        </ButtonLink>
      )
    case 'open':
      return <OpenPlace run={run} place={remedy.place} look={look} />
  }
}

function OpenPlace({
  run,
  place,
  look,
}: {
  run: Run
  place: Extract<Remedy, { kind: 'open' }>['place']
  look: { tone?: 'go' }
}) {
  switch (place) {
    case 'credentials':
      return (
        <ButtonLink {...look} icon={KeyRound} href="/credentials">
          Open the credentials
        </ButtonLink>
      )
    case 'git-credential':
      return (
        <ButtonLink {...look} icon={KeyRound} href={`/credentials?add=git&host=${encodeURIComponent(gitHost(run))}`}>
          Add a git credential
        </ButtonLink>
      )
    case 'agent':
      return (
        <ButtonLink {...look} icon={PencilLine} href={`/agents/${run.agent}`}>
          Open agent {run.agent}
        </ButtonLink>
      )
    case 'boundary':
      return (
        <ButtonLink {...look} icon={BrickWallShield} href="/boundary">
          Test this machine
        </ButtonLink>
      )
  }
}

function gitHost({ repositories }: Run): string {
  const url = repositories.find((one) => URL.canParse(one.url) && /^https?:/.test(one.url))?.url
  return url === undefined ? '' : new URL(url).host
}
