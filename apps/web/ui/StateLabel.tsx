import { type StateName, STATES } from './states.ts'

interface StateLabelProps {
  readonly state: StateName
  /** On its own wash, as in the head of a run. */
  readonly boxed?: boolean
  /** After the word: `Failed: out of memory`. */
  readonly reason?: string | undefined
}

/** Colour, icon and word of a state (`stateOf(run.state)` names it). */
export function StateLabel({ state, boxed = false, reason }: StateLabelProps) {
  const { word, icon: Icon, tone } = STATES[state]
  return (
    <span className={`state ${tone} ${boxed ? 'box' : ''}`.trim()}>
      <Icon className="i" aria-hidden="true" />
      {reason === undefined ? word : `${word}: ${reason}`}
    </span>
  )
}

/** The icon alone, where the word stands in the line beside it. */
export function StateIcon({ state }: { state: StateName }) {
  const { icon: Icon, tone } = STATES[state]
  return <Icon className={`i ${tone}`.trim()} aria-hidden="true" />
}
