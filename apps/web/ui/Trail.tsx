/** How far one of the four marks has come. */
export type Mark = 'seen' | 'now' | 'todo' | 'flag' | 'stopped' | 'failed' | 'skipped' | 'unchecked' | 'verified'

/** fired → started → acted → verified: each mark is filled only by what was seen to happen. */
export type TrailMarks = readonly [fired: Mark, started: Mark, acted: Mark, verified: Mark]

export const TRAIL_NAMES = ['fired', 'started', 'acted', 'verified'] as const

const WORDS: Record<Mark, string> = {
  seen: 'done',
  now: 'under way',
  todo: 'not yet',
  flag: 'waits for you',
  stopped: 'stopped',
  failed: 'failed',
  skipped: 'skipped',
  unchecked: 'not checked',
  verified: 'yes',
}

export function trailWords(marks: TrailMarks): string {
  return TRAIL_NAMES.map((name, index) => `${name} ${WORDS[marks[index] ?? 'todo']}`).join(', ')
}

export function Trail({ marks }: { marks: TrailMarks }) {
  return (
    <svg className="trail" role="img" aria-label={trailWords(marks)} viewBox="0 0 76 16">
      {marks.slice(1).map((mark, index) => (
        <path key={index} className={isReached(mark) ? 'ln' : 'ln no'} d={`M${14 + index * 20} 8H${22 + index * 20}`} />
      ))}
      {marks.map((mark, index) => (
        <TrailMark key={index} mark={mark} x={8 + index * 20} />
      ))}
    </svg>
  )
}

export function TrailMark({ mark, x }: { mark: Mark; x: number }) {
  switch (mark) {
    case 'seen':
      return <circle className="done" cx={x} cy="8" r="4.2" />
    case 'now':
      return (
        <>
          <circle className="now" cx={x} cy="8" r="5" />
          <circle className="core" cx={x} cy="8" r="2" />
        </>
      )
    case 'todo':
      return <circle className="todo" cx={x} cy="8" r="3.6" />
    case 'flag':
      return <path className="fl" d={`M${x - 4} 1.5v13M${x - 4} 1.5l10 4-10 4z`} />
    case 'stopped':
      return <rect className="done" x={x - 3.6} y="4.4" width="7.2" height="7.2" rx="1.2" />
    case 'failed':
      return <path className="x" d={`M${x - 3.8} 4.2l7.6 7.6m0-7.6l-7.6 7.6`} />
    case 'skipped':
      return <path className="ln" d={`M${x - 3.6} 8h7.2`} />
    case 'unchecked':
      return <circle className="un" cx={x} cy="8" r="4.6" />
    case 'verified':
      return (
        <>
          <circle className="ver" cx={x} cy="8" r="6.6" />
          <path className="tk" d={`M${x - 2.8} 8.2l2 2 3.8-4.2`} />
        </>
      )
  }
}

function isReached(mark: Mark): boolean {
  return mark !== 'todo' && mark !== 'skipped'
}
