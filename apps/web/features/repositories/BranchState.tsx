import { CircleCheck, OctagonX } from 'lucide-react'
import { faultOfError } from '../../trpc/fault.ts'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Code } from '../../ui/Code.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Ago } from '../../ui/Time.tsx'
import type { Repository } from './repositoryFacts.ts'

interface Asked {
  readonly data: RouterOutputs['repositories']['branches'] | undefined
  readonly error: unknown
  readonly isFetching: boolean
  readonly dataUpdatedAt: number
}

/** What its holder said when it was asked, and when; a refusal whole, with what to do. */
export function BranchState({
  repository,
  branches,
  isAsked,
}: {
  repository: Repository
  branches: Asked
  isAsked: boolean
}) {
  const { data, error, isFetching, dataUpdatedAt } = branches
  if (isFetching && data === undefined)
    return (
      <span className="three" role="status">
        Asking {repository.isLocal ? 'for its branches' : 'the host'}…
      </span>
    )
  if (error !== null) return <Refused error={error} />
  if (!isAsked || data === undefined) return <span className="three">not asked yet</span>
  return (
    <span role={repository.isLocal ? undefined : 'status'}>
      {repository.isLocal ? null : (
        <>
          <span className="state proof">
            <CircleCheck className="i s" aria-hidden="true" />
            Reached
          </span>{' '}
          <span className="three">
            <Ago at={new Date(dataUpdatedAt).toISOString()} />
          </span>
          <br />
        </>
      )}
      {data.branches.length === 0 ? (
        'empty: nothing was pushed yet'
      ) : (
        <>
          {data.default === null ? 'no default' : <Code>{data.default}</Code>}
          <span className="three">
            ,{' '}
            {data.isCut
              ? `more than ${data.branches.length} branches`
              : counted(data.branches.length, 'branch', 'branches')}
          </span>
        </>
      )}
    </span>
  )
}

function Refused({ error }: { error: unknown }) {
  const fault = faultOfError(error)
  return (
    <span role="alert">
      <span className="state fault">
        <OctagonX className="i s" aria-hidden="true" />
        Not reached
      </span>
      <br />
      <span className="wrap">{fault === null ? 'No answer from the server.' : (fault.detail ?? fault.words)}</span>
    </span>
  )
}
