'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { useCommands } from '../shell/commands.tsx'
import { CredentialEditor } from './CredentialEditor.tsx'
import { CredentialRow } from './CredentialRow.tsx'
import { formFromAddress } from './credentialForm.ts'

/** `/credentials?add=git&host=git.example` opens the form, filled in. */
export function Credentials() {
  const trpc = useTRPC()
  const router = useRouter()
  const search = useSearchParams()
  const list = useQuery(trpc.credentials.list.queryOptions())
  // Of one that was just given a value: it is tested at once.
  const [given, setGiven] = useState<string | null>(null)
  const credentials = list.data ?? []
  const taken = credentials.map(({ name }) => name)
  const isAdding = search.has('add')
  const add = () => router.push('/credentials?add', { scroll: false })
  const close = () => router.replace('/credentials', { scroll: false })
  useCommands([{ id: 'credential-add', name: 'Add a credential', icon: Plus, run: add }])
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>Credentials</h1>
          <p className="lead">
            Keys and tokens that the gateway adds to requests on their way out. No sandbox ever holds one, and nobody
            reads one back.
          </p>
        </div>
        <div className="acts">
          {isAdding ? null : (
            <Button tone="go" icon={Plus} onClick={add}>
              Add a credential
            </Button>
          )}
        </div>
      </div>
      {isAdding ? (
        <CredentialEditor
          key={search.toString()}
          start={formFromAddress(new URLSearchParams(search), taken)}
          isNew
          taken={taken}
          onClose={close}
          onSaved={(name, hasValue) => {
            if (hasValue) setGiven(name)
            close()
          }}
        />
      ) : null}
      {list.error === null ? null : (
        <ErrorInPlace
          error={list.error}
          retry={() => void list.refetch()}
          since={list.data === undefined ? undefined : new Date(list.dataUpdatedAt).toISOString()}
        />
      )}
      {list.isPending ? <LoadingRows of="Reading the credentials" /> : null}
      {list.data?.length === 0 && !isAdding ? (
        <Empty title="No credential yet." action={<Button onClick={add}>Add the first one</Button>}>
          Until there is one, only the demo runs: a fixed script, not a language model. Local repositories need none.
        </Empty>
      ) : null}
      {credentials.length === 0 ? null : (
        <table className="tbl top">
          <thead>
            <tr>
              <th>Credential</th>
              <th>Last test</th>
              <th>Used by</th>
              <th className="num">
                <span className="vh">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {credentials.map((credential) => (
              <CredentialRow
                key={credential.name}
                credential={credential}
                isToTest={given === credential.name}
                onTested={() => setGiven(null)}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
