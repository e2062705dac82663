'use client'

import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { visible } from '../../ui/format/visible.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { StateLabel } from '../../ui/StateLabel.tsx'
import { Delta } from '../changes/Delta.tsx'
import { DiffTable } from '../changes/DiffTable.tsx'
import { firstLines, hunksOf } from '../changes/patch/hunksOf.ts'
import { type ChangedFile, usePatches } from '../changes/usePatches.ts'
import { EvidenceList } from '../outcome/EvidenceList.tsx'
import { sentenceOf } from '../outcome/outcomeOf.ts'
import { stateOf } from '../run/stateOf.ts'
import type { Attempt } from './Batch.tsx'

/** Two attempts beside each other: what each says, what was checked, and each file with its lines. */
export function Compare({ left, right }: { left: Attempt; right: Attempt }) {
  return (
    <section className="sec" aria-label="Two attempts compared">
      <h2>
        Attempts {left.batch?.attempt} and {right.batch?.attempt}
      </h2>
      <div className="compare">
        <Side attempt={left} />
        <Side attempt={right} />
      </div>
    </section>
  )
}

function Side({ attempt }: { attempt: Attempt }) {
  const { state } = attempt
  const { text, isAgents } = sentenceOf(attempt)
  const patches = usePatches(attempt)
  return (
    <div className="compare-side">
      <h3>
        Attempt {attempt.batch?.attempt} <StateLabel state={stateOf(state)} />
      </h3>
      <p>{isAgents ? <q>{text}</q> : text}</p>
      {state.evidence === null ? null : <EvidenceList evidence={state.evidence} />}
      {patches.isPending ? <LoadingRows of="Reading its changes" rows={1} /> : null}
      {patches.error === null ? null : <ErrorInPlace error={patches.error} retry={patches.refetch} />}
      {patches.files.slice(0, MOST_FILES).map((file) => (
        <FileOf key={`${file.repository} ${file.path}`} file={file} attempt={attempt.batch?.attempt ?? 0} />
      ))}
      {patches.files.length > MOST_FILES ? (
        <p className="small three">{patches.files.length - MOST_FILES} more files are on its own page.</p>
      ) : null}
    </div>
  )
}

const MOST_FILES = 100
const MOST_LINES = 500

function FileOf({ file, attempt }: { file: ChangedFile; attempt: number }) {
  const { hunks, left } = firstLines(hunksOf(file), MOST_LINES)
  return (
    <details className="panel" open={hunks.length > 0 && file.added + file.removed <= SMALL}>
      <summary className="file-head">
        <span className="mono">{visible(file.path)}</span>
        <Delta {...file} />
      </summary>
      {hunks.length === 0 ? null : (
        <DiffTable
          name={`${visible(file.path)} in attempt ${attempt}`}
          hunks={hunks}
          look={{ view: 'unified', isWrapped: false, ignoresWhitespace: false }}
          diffType="modify"
          comments={[]}
          renderNotes={() => null}
          at={null}
          form={null}
        />
      )}
      {left === 0 ? null : <p className="file-words">{left} more lines are on its own page.</p>}
    </details>
  )
}

/** A short diff is open from the start. */
const SMALL = 60
