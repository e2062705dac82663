'use client'

import { Check, Settings2 } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { count } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Menu } from '../../ui/Menu.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { artifactUrl } from '../artifacts/readArtifact.ts'
import type { Run } from '../outcome/outcomeOf.ts'
import { useGoOn } from '../outcome/useGoOn.ts'
import { FileList } from './FileList.tsx'
import { CommentBar } from './review/CommentBar.tsx'
import { keyOf, useReview } from './review/storedReview.ts'
import { type DiffLook, useDiffLook } from './useDiffLook.ts'
import { usePatches } from './usePatches.ts'

/** What the run changed, to be read, ticked off and commented on. */
export function Changes({ run }: { run: Run }) {
  const patches = usePatches(run)
  const review = useReview(run.id)
  const goOn = useGoOn(run)
  const [look, changeLook] = useDiffLook()
  const { files, cut } = patches
  if (patches.isPending) return <LoadingRows of="Reading the changes" />
  if (patches.error !== null) return <ErrorInPlace error={patches.error} retry={patches.refetch} />
  if (files.length === 0) return <NoChanges run={run} />
  const seen = files.filter((file) => review.isSeen(keyOf(file))).length
  return (
    <section className="changes">
      <div className="bar">
        <h2>Changes</h2>
        <span className="small three">
          {count(seen)} of {count(files.length)} seen
        </span>
        <span className="no-phone">
          <Segmented
            name="View"
            segments={[
              { value: 'unified', label: 'Unified' },
              { value: 'split', label: 'Split' },
            ]}
            value={look.view}
            onChange={(view) => changeLook({ view })}
          />
        </span>
        <LookMenu look={look} onChange={changeLook} />
      </div>
      {cut.map((patch) => (
        <p key={patch.id} className="callout">
          <span />
          <span>
            {patch.name} is too large to be shown whole; its end is in the download.{' '}
            <a href={artifactUrl(patch)} download>
              Download it
            </a>
          </span>
        </p>
      ))}
      <FileList files={files} look={look} review={review} />
      <CommentBar comments={review.comments} goOn={goOn} onSent={review.clearComments} />
    </section>
  )
}

function LookMenu({ look, onChange }: { look: DiffLook; onChange: (change: Partial<DiffLook>) => void }) {
  const tick = (isOn: boolean) => (isOn ? { icon: Check } : {})
  return (
    <Menu
      name="How lines are shown"
      items={[
        {
          label: look.ignoresWhitespace ? 'Show white space changes' : 'Ignore white space',
          ...tick(look.ignoresWhitespace),
          onSelect: () => onChange({ ignoresWhitespace: !look.ignoresWhitespace }),
        },
        {
          label: look.isWrapped ? 'Do not wrap long lines' : 'Wrap long lines',
          ...tick(look.isWrapped),
          onSelect: () => onChange({ isWrapped: !look.isWrapped }),
        },
      ]}
      trigger={(props) => (
        <Button {...props} square icon={Settings2}>
          How lines are shown
        </Button>
      )}
    />
  )
}

function NoChanges({ run }: { run: Run }) {
  const { changes, endedAt } = run.state
  if (endedAt === null)
    return <Empty title="No changes yet">When the run ends, what it changed is collected here.</Empty>
  if (changes.some(({ files }) => files > 0))
    return <Empty title="The patch is gone">Its retention date has passed; the branch may still hold the work.</Empty>
  return <Empty title="Nothing changed">What a run changes in a repository stands here, line by line.</Empty>
}
