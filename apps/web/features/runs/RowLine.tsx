import { Code } from '../../ui/Code.tsx'
import { count } from '../../ui/format/amount.ts'
import { Clock, Duration } from '../../ui/Time.tsx'
import { type Piece, rowLine } from './rowLine.ts'
import type { ListedRun } from './types.ts'

export function RowLine({ run }: { run: ListedRun }) {
  return (
    <span className="l">
      {rowLine(run).map((piece, index) => (
        <Part key={index} piece={piece} />
      ))}
    </span>
  )
}

function Part({ piece }: { piece: Piece }) {
  if (typeof piece === 'string') return piece
  if ('strong' in piece) return <b className={piece.tone}>{piece.strong}</b>
  if ('code' in piece) return <Code>{piece.code}</Code>
  if ('since' in piece) return <Duration from={piece.since} />
  if ('at' in piece) return <Clock at={piece.at} />
  return (
    <span className="delta">
      <span className="p">+{count(piece.added)}</span> <span className="m">−{count(piece.removed)}</span>
    </span>
  )
}
