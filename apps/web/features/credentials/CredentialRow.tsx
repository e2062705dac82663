'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, FlaskConical, KeyRound, Trash2 } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Menu } from '../../ui/Menu.tsx'
import { CredentialEditor } from './CredentialEditor.tsx'
import { formOf } from './credentialForm.ts'
import { DeleteCredential } from './DeleteCredential.tsx'
import { KINDS, needsValue, whereOf } from './kinds.ts'
import { TestState } from './TestState.tsx'

export type Credential = RouterOutputs['credentials']['list'][number]

interface CredentialRowProps {
  readonly credential: Credential
  /** It was just given a value. */
  readonly isToTest: boolean
  readonly onTested: () => void
}

export function CredentialRow({ credential, isToTest, onTested }: CredentialRowProps) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const [hasChanged, setHasChanged] = useState(false)
  const close = () => setOpen(null)
  const test = useMutation(
    trpc.credentials.test.mutationOptions({
      onSettled: () => queries.invalidateQueries(trpc.credentials.list.queryFilter()),
    }),
  )
  const { name, spec, hasSecret } = credential
  const canTest = hasSecret || !needsValue(spec)
  const testNow = useEffectEvent(() => {
    test.mutate({ name })
    setHasChanged(false)
    onTested()
  })
  // The external system is the provider: what was just saved is tried at once.
  useEffect(() => {
    if (isToTest || hasChanged) testNow()
  }, [isToTest, hasChanged])
  const { name: kind } = KINDS[spec.type]
  const where = whereOf(spec)
  return (
    <>
      <tr className={open === null ? undefined : 'opened'}>
        <td className="mid">
          <span className="nm">{name}</span>
          <br />
          <span className="three">
            {kind}
            {where === null ? null : (
              <>
                , <span className="mono">{where}</span>
              </>
            )}
          </span>
        </td>
        <td className="mid">
          <TestState credential={credential} isTesting={test.isPending} />
          {test.error === null ? null : <ErrorInPlace error={test.error} />}
        </td>
        <td className="mid" data-h="Used by">
          <UsedBy credential={credential} />
        </td>
        <td className="mid num">
          <span className="acts end">
            {canTest ? (
              <Button icon={FlaskConical} aria-busy={test.isPending} onClick={testNow}>
                Test<span className="vh"> {name}</span>
              </Button>
            ) : (
              <Button icon={KeyRound} onClick={() => setOpen('edit')}>
                Give the value<span className="vh"> of {name}</span>
              </Button>
            )}
            <Menu
              name={`More for ${name}`}
              items={[
                { label: 'Replace or change', icon: KeyRound, onSelect: () => setOpen('edit') },
                { label: 'Delete', icon: Trash2, tone: 'fault', starts: true, onSelect: () => setOpen('delete') },
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
          <td colSpan={4}>
            {open === 'edit' ? (
              <CredentialEditor
                start={formOf(name, spec)}
                isNew={false}
                taken={[]}
                onClose={close}
                onSaved={() => {
                  setHasChanged(true)
                  close()
                }}
              />
            ) : (
              <DeleteCredential credential={credential} onClose={close} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

function UsedBy({ credential: { spec, agents, repositories } }: { credential: Credential }) {
  if (spec.type === 'git')
    return (
      <span>
        {repositories.length === 0 ? 'no repository yet' : counted(repositories.length, 'repository', 'repositories')}
      </span>
    )
  if (agents.length === 0) return <span className="three">no agent</span>
  return (
    <span>
      {agents.map((agent, index) => (
        <span key={agent}>
          {index === 0 ? '' : ', '}
          <Link href={`/agents/${agent}`}>{agent}</Link>
        </span>
      ))}
    </span>
  )
}
