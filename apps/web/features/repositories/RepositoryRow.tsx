'use client'

import { useQuery } from '@tanstack/react-query'
import { BookMarked, Ellipsis, GitBranch, ListChecks, RefreshCw, Server, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Menu } from '../../ui/Menu.tsx'
import { Ago } from '../../ui/Time.tsx'
import { addressOf, NO_FILTER } from '../runs/filter.ts'
import { BranchState } from './BranchState.tsx'
import { CloneIt } from './CloneIt.tsx'
import { RemoveRepository } from './RemoveRepository.tsx'
import { credentialFor, hostOf, type Repository, shortName } from './repositoryFacts.ts'

interface RepositoryRowProps {
  readonly repository: Repository
  /** It was just added. */
  readonly isNew: boolean
  readonly onRemoved: () => void
}

export function RepositoryRow({ repository: it, isNew, onRemoved }: RepositoryRowProps) {
  const trpc = useTRPC()
  const [open, setOpen] = useState<'clone' | 'remove' | null>(isNew && it.isLocal ? 'clone' : null)
  const { repository, isLocal, lastUsedAt } = it
  // One that is kept here answers at once; a host elsewhere is asked when a person wants it.
  const [isAsked, setIsAsked] = useState(isLocal || isNew)
  const branches = useQuery(
    trpc.repositories.branches.queryOptions(
      { repository, isFresh: !isLocal },
      { enabled: isAsked, retry: false, staleTime: 30_000 },
    ),
  )
  const check = () => (isAsked ? void branches.refetch() : setIsAsked(true))
  const name = shortName(it)
  return (
    <>
      <tr className={open === null ? undefined : 'opened'}>
        <td className="mid">
          <Link className="nm" href={addressOf({ ...NO_FILTER, repository })} title={`The runs in ${name}`}>
            {name}
          </Link>
          <br />
          <span className="three">
            {isLocal ? (
              <>
                <BookMarked className="i s" aria-hidden="true" /> Kept here
              </>
            ) : (
              <>
                <Server className="i s" aria-hidden="true" /> <span className="mono">{hostOf(repository)}</span>
              </>
            )}
          </span>
        </td>
        <td className="mid" data-h="Branches">
          <BranchState repository={it} branches={branches} isAsked={isAsked} />
        </td>
        <td className="mid" data-h="Credential">
          <CredentialUsed repository={it} />
        </td>
        <td className="mid" data-h="Last used">
          {lastUsedAt === null ? <span className="three">never</span> : <Ago at={lastUsedAt} />}
        </td>
        <td className="mid num">
          <span className="acts end">
            {isLocal ? (
              <Button icon={GitBranch} onClick={() => setOpen(open === 'clone' ? null : 'clone')}>
                Clone<span className="vh"> {name}</span>
              </Button>
            ) : (
              <Button icon={RefreshCw} aria-busy={branches.isFetching} onClick={check}>
                Check now<span className="vh"> {name}</span>
              </Button>
            )}
            <Menu
              name={`More for ${name}`}
              items={[
                { label: 'Its runs', icon: ListChecks, href: addressOf({ ...NO_FILTER, repository }) },
                {
                  label: isLocal ? 'Delete' : 'Forget',
                  icon: Trash2,
                  tone: 'fault',
                  starts: true,
                  onSelect: () => setOpen('remove'),
                },
              ]}
              trigger={(props) => (
                <Button {...props} square icon={Ellipsis} tone="bare">
                  More for {name}
                </Button>
              )}
            />
          </span>
        </td>
      </tr>
      {open === null ? null : (
        <tr className="opened-below">
          <td colSpan={5}>
            {open === 'clone' ? (
              <CloneIt
                repository={repository}
                isEmpty={branches.data?.branches.length === 0}
                onClose={() => setOpen(null)}
              />
            ) : (
              <RemoveRepository repository={it} onClose={() => setOpen(null)} onRemoved={onRemoved} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

function CredentialUsed({ repository: { repository, isLocal } }: { repository: Repository }) {
  const credentials = useQuery(useTRPC().credentials.list.queryOptions())
  if (isLocal) return <span className="three">needs none</span>
  if (credentials.data === undefined) return <span className="three">…</span>
  const name = credentialFor(repository, credentials.data)
  if (name !== null) return <Link href="/credentials">{name}</Link>
  return (
    <>
      none: reads what is public
      <br />
      <Link href={`/credentials?add=git&host=${encodeURIComponent(hostOf(repository))}`}>
        Add one<span className="vh"> for {hostOf(repository)}</span>
      </Link>
    </>
  )
}
