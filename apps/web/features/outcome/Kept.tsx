'use client'

import { FileDiff, GitBranch, ScrollText } from 'lucide-react'
import { ButtonLink } from '../../ui/Button.tsx'
import { counted, size } from '../../ui/format/amount.ts'
import { Delta } from '../changes/Delta.tsx'
import { useArtifacts } from '../artifacts/useArtifacts.ts'
import type { Run } from './outcomeOf.ts'

/** After a failure: what is there all the same. */
export function Kept({ run }: { run: Run }) {
  const { data: artifacts = [] } = useArtifacts(run.id)
  const branches = run.state.changes.filter(({ branch }) => branch !== null)
  const patches = artifacts.filter(({ kind }) => kind === 'patch')
  const log = artifacts.find(({ name }) => name === 'output.log') ?? artifacts.find(({ kind }) => kind === 'log')
  if (branches.length + patches.length === 0 && log === undefined) return null
  return (
    <section className="sec">
      <h2>What was kept</h2>
      <ul className="list top arts">
        {branches.map((one) => (
          <li key={`${one.repository} ${one.branch}`}>
            <GitBranch className="i" aria-hidden="true" />
            <span>
              <b>{one.branch}</b>
              <br />
              <span className="small two">
                {one.repository}, {counted(one.commits, 'commit')}, {counted(one.files, 'file')}, <Delta {...one} />
              </span>
            </span>
            <span className="small three">pushed</span>
            <span />
            <ButtonLink href={`/runs/${run.id}?tab=changes`}>
              Look<span className="vh"> at {one.branch}</span>
            </ButtonLink>
          </li>
        ))}
        {branches.length > 0
          ? null
          : patches.map((patch) => (
              <li key={patch.id}>
                <FileDiff className="i" aria-hidden="true" />
                <b>{patch.name}</b>
                <span />
                <span className="num small three">{size(patch.sizeBytes)}</span>
                <ButtonLink href={`/runs/${run.id}?tab=changes`}>
                  Look<span className="vh"> at {patch.name}</span>
                </ButtonLink>
              </li>
            ))}
        {log === undefined ? null : (
          <li>
            <ScrollText className="i" aria-hidden="true" />
            <b>Log up to the last line</b>
            <span className="small three">
              {run.state.toolCalls === 0 ? null : counted(run.state.toolCalls, 'step')}
            </span>
            <span className="num small three">{size(log.sizeBytes)}</span>
            <ButtonLink href={`/runs/${run.id}?tab=artifacts&artifact=${log.id}`}>
              Look<span className="vh"> at the log</span>
            </ButtonLink>
          </li>
        )}
      </ul>
    </section>
  )
}
