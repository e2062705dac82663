'use client'

import Link from 'next/link'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { count } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { isNothingThere, notListed, shownRuns } from './placeRows.ts'
import { RowTools } from './RowTools.tsx'
import { useRunList } from './RunListContext.tsx'
import { RunRow } from './RunRow.tsx'
import { GROUP_WORDS, GROUPS, type GroupName, type Groups } from './types.ts'
import { useRunGroups } from './useRunGroups.ts'
import { OutgoingRows } from './OutgoingRows.tsx'
import type { Outgoing } from './outgoing.ts'

/** The runs by what they need. Empty groups vanish, except the one that needs a person, which says so. */
export function RunGroups({ outgoing }: { outgoing: readonly Outgoing[] }) {
  const read = useRunGroups()
  if (read.data === undefined)
    return read.error === null ? (
      <LoadingRows of="Reading the runs" />
    ) : (
      <ErrorInPlace error={read.error} retry={() => void read.refetch()} />
    )
  const groups = read.data
  const onTheWay = notListed(outgoing, groups)
  const isEmpty = onTheWay.length === 0 && isNothingThere(groups)
  return (
    <>
      {read.error === null ? null : (
        <ErrorInPlace
          error={read.error}
          retry={() => void read.refetch()}
          since={new Date(read.dataUpdatedAt).toISOString()}
        />
      )}
      {isEmpty ? <NoRuns /> : null}
      {GROUPS.map((name) => (
        <Group key={name} name={name} groups={groups} outgoing={name === 'queued' ? onTheWay : []} />
      ))}
      <RowTools runs={shownRuns(groups)} />
    </>
  )
}

function Group({ name, groups, outgoing }: { name: GroupName; groups: Groups; outgoing: readonly Outgoing[] }) {
  const { runs, next } = groups[name]
  if (runs.length === 0 && outgoing.length === 0 && next === null)
    return name === 'needs' && !isNothingThere(groups) ? <NothingNeedsYou /> : null
  return (
    <section className="grp" aria-labelledby={`group-${name}`}>
      <h2 id={`group-${name}`}>
        {GROUP_WORDS[name]} <span className="c">{countOf(name, groups, outgoing.length)}</span>
        <GroupAction name={name} hasMore={next !== null} />
      </h2>
      <ul>
        <OutgoingRows outgoing={outgoing} />
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </section>
  )
}

function NothingNeedsYou() {
  return (
    <section className="grp" aria-labelledby="group-needs">
      <h2 id="group-needs">{GROUP_WORDS.needs}</h2>
      <p className="two small grp-none">Nothing. Questions of the agents and blocked hosts come here.</p>
    </section>
  )
}

function countOf(name: GroupName, groups: Groups, outgoing: number): string {
  if (name === 'done') return ''
  const { count: n, isMore } = groups[name]
  if (name === 'running') return `${count(n)} of ${count(groups.places.limit)} sandboxes`
  return isMore ? `${count(n)} or more` : count(n + outgoing)
}

function GroupAction({ name, hasMore }: { name: GroupName; hasMore: boolean }) {
  const { actions } = useRunList()
  if (name === 'done') return <Link href="/?show=all">All runs</Link>
  return (
    <span className="grp-acts">
      {name === 'review' ? (
        <button type="button" className="link" onClick={actions.seeAll}>
          Mark all as seen
        </button>
      ) : null}
      {hasMore ? <Link href={`/?show=${name}`}>Show all</Link> : null}
    </span>
  )
}

function NoRuns() {
  return (
    <Empty title="No runs yet.">What you send off appears here, with what it needs and what it brought back.</Empty>
  )
}
