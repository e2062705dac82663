'use client'

import type { AgentSpec } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { SelectField } from '../../ui/Field.tsx'
import { counted } from '../../ui/format/amount.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Clock } from '../../ui/Time.tsx'
import { ChangeList } from './ChangeList.tsx'
import { changesBetween } from './changes.ts'

interface VersionsTabProps {
  readonly name: string
  readonly inUse: number
  readonly onRestore: (spec: AgentSpec) => void
}

/** Every version with what it changed; any two compared; one of them made the draft again. */
export function VersionsTab({ name, inUse, onRestore }: VersionsTabProps) {
  const trpc = useTRPC()
  const list = useQuery(trpc.agents.versions.queryOptions({ name }))
  const versions = list.data ?? []
  const specOf = (version: number) => versions.find((one) => one.version === version)?.spec ?? null
  return (
    <section className="sec" aria-label="Versions">
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? <LoadingRows of="Reading the versions" /> : null}
      {versions.length > 1 ? <Compare versions={versions.map(({ version }) => version)} specOf={specOf} /> : null}
      <ul className="list top versions">
        {versions.map(({ version, spec, note, createdBy, createdAt, isBuiltin }) => {
          const before = specOf(version - 1)
          const changes = changesBetween(before, spec)
          return (
            <li key={version}>
              <span className="grow">
                <b>v{version}</b>
                {version === inUse ? <span className="small two"> in use</span> : null}{' '}
                <span className="small three">
                  <Clock at={createdAt} /> by {isBuiltin ? 'Errand' : createdBy}
                </span>
                {note === null ? null : <span className="below">{note}</span>}
                <span className="small two below">
                  {version === 1
                    ? 'the first'
                    : before === null
                      ? 'the version before it is not kept'
                      : changes.length === 0
                        ? 'only the words of its document'
                        : `${counted(changes.length, 'change')}: ${changes.map(({ label }) => label).join(', ')}`}
                </span>
              </span>
              {version === inUse ? null : (
                <Button onClick={() => onRestore(spec)}>
                  Restore<span className="vh"> v{version} as the draft</span>
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface CompareProps {
  readonly versions: readonly number[]
  readonly specOf: (version: number) => AgentSpec | null
}

function Compare({ versions, specOf }: CompareProps) {
  const [newest = 1, before = 1] = versions
  const [from, setFrom] = useState(before)
  const [to, setTo] = useState(newest)
  const after = specOf(to)
  const changes = after === null ? [] : changesBetween(specOf(from), after)
  const options = versions.map((version) => (
    <option key={version} value={version}>
      v{version}
    </option>
  ))
  return (
    <div className="inplace compare">
      <div className="rowline">
        <SelectField label="Compare" value={from} onChange={(event) => setFrom(Number(event.target.value))}>
          {options}
        </SelectField>
        <SelectField label="with" value={to} onChange={(event) => setTo(Number(event.target.value))}>
          {options}
        </SelectField>
      </div>
      {changes.length === 0 ? <p className="small two">They say the same.</p> : <ChangeList changes={changes} />}
    </div>
  )
}
