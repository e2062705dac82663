'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, CircleAlert, Hourglass, OctagonX } from 'lucide-react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { faultOfError } from '../../trpc/fault.ts'
import { ordinal } from '../../ui/format/amount.ts'
import { Words } from '../../ui/Words.tsx'
import { estimateWords } from './estimateWords.ts'
import type { Preflight } from './task.ts'

type Obstacle = Preflight['obstacles'][number]

/** *Ready*, or what is missing with what mends it; then what similar tasks took and cost. */
export function PreflightLine({ answer, error, onUsualAgent }: PreflightLineProps) {
  if (answer === undefined) {
    if (error === null) return <p className="pre">Checking</p>
    const words = faultOfError(error)?.words ?? 'It could not be checked: no answer from the server.'
    return <p className="pre">{words}</p>
  }
  const { obstacles, placeInLine, estimate } = answer
  return (
    <div className="pre" role="status">
      {obstacles.map((obstacle) => (
        <Missing key={`${obstacle.code} ${obstacle.detail ?? ''}`} obstacle={obstacle} onUsualAgent={onUsualAgent} />
      ))}
      {obstacles.some(({ isRefused }) => isRefused) ? null : <Ready placeInLine={placeInLine} />}
      {estimate === null ? null : <span>{estimateWords(estimate, answer.plan?.runtime === 'script')}</span>}
    </div>
  )
}

interface PreflightLineProps {
  readonly answer: Preflight | undefined
  readonly error: unknown
  readonly onUsualAgent: () => void
}

function Ready({ placeInLine }: { placeInLine: number | null }) {
  if (placeInLine === null)
    return (
      <span>
        <Check className="i s proof" aria-hidden="true" />
        Ready: a sandbox is free
      </span>
    )
  return (
    <span>
      <Hourglass className="i s" aria-hidden="true" />
      Ready: it would be {ordinal(placeInLine)} in line for a sandbox
    </span>
  )
}

function Missing({ obstacle, onUsualAgent }: { obstacle: Obstacle; onUsualAgent: () => void }) {
  const Icon = obstacle.isRefused ? OctagonX : CircleAlert
  return (
    <span>
      <Icon className={obstacle.isRefused ? 'i s fault' : 'i s'} aria-hidden="true" />
      <span>
        {obstacle.words} {obstacle.detail} <FixOf obstacle={obstacle} onUsualAgent={onUsualAgent} />
      </span>
    </span>
  )
}

function FixOf({ obstacle: { fix, remedy }, onUsualAgent }: { obstacle: Obstacle; onUsualAgent: () => void }) {
  switch (fix?.kind) {
    case 'add-credential':
      return <FixLink href="/credentials?add=anthropic-key">Add a model key</FixLink>
    case 'add-git-credential':
      return (
        <FixLink href={`/credentials?add=git&host=${encodeURIComponent(fix.host)}`}>
          Add a git credential for {fix.host}
        </FixLink>
      )
    case 'see-credentials':
      return <FixLink href="/credentials">See the credentials</FixLink>
    case 'see-boundary':
      return <FixLink href="/boundary">See what this machine lacks</FixLink>
    case 'add-repository':
      return <AddRepository name={fix.repository} />
    case 'choose-agent':
      return (
        <button type="button" className="link" onClick={onUsualAgent}>
          Use the usual agent
        </button>
      )
    case undefined:
      return <Words>{remedy}</Words>
  }
}

function FixLink({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <Link className="link" href={href}>
      {children}
    </Link>
  )
}

function AddRepository({ name }: { name: string }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const add = useMutation(
    trpc.repositories.add.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries(trpc.repositories.pathFilter()),
          queries.invalidateQueries(trpc.runs.preflight.pathFilter()),
        ]),
    }),
  )
  return (
    <>
      <button
        type="button"
        className="link"
        aria-busy={add.isPending}
        onClick={() => add.mutate({ name: name.replace(/^local\//, '') })}
      >
        Add {name}
      </button>
      {add.error === null ? null : (faultOfError(add.error)?.words ?? 'No answer from the server.')}
    </>
  )
}
