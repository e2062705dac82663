import type { ServerDraft } from '@errand/domain'

interface WayChoiceProps {
  readonly ways: readonly ServerDraft[]
  readonly at: number
  readonly onChoose: (at: number) => void
}

/** The same server at its publisher, or run here; one that does not work says so in its place. */
export function WayChoice({ ways, at, onChoose }: WayChoiceProps) {
  return (
    <fieldset className="opts">
      <legend className="vh">Way to use it</legend>
      {ways.map((way, index) => (
        <label key={index} className="wide">
          <input type="radio" name="way" checked={index === at} onChange={() => onChoose(index)} />
          <b>{way.way ?? (way.spec.type === 'remote' ? 'At its publisher' : 'Run here')}</b>
          <span className="small two mono breaks">
            {way.spec.type === 'remote' ? way.spec.url : `${way.spec.package.registry} ${way.spec.package.name}`}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
