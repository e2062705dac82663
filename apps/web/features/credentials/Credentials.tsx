'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { AddableList } from '../shell/AddableList.tsx'
import { CredentialEditor } from './CredentialEditor.tsx'
import { CredentialRow } from './CredentialRow.tsx'
import { formFromAddress } from './credentialForm.ts'

/** `/credentials?add=git&host=git.example` opens the form, filled in. */
export function Credentials() {
  const list = useQuery(useTRPC().credentials.list.queryOptions())
  // Of one that was just given a value: it is tested at once.
  const [given, setGiven] = useState<string | null>(null)
  const taken = (list.data ?? []).map(({ name }) => name)
  return (
    <AddableList
      path="/credentials"
      title="Credentials"
      noun="credential"
      lead="Keys and tokens that the gateway adds to requests on their way out. No sandbox ever holds one, and nobody reads one back."
      list={list}
      none="Until there is one, only the demo runs: a fixed script, not a language model. Local repositories need none."
      form={(asked, close) => (
        <CredentialEditor
          key={asked.toString()}
          start={formFromAddress(asked, taken)}
          isNew
          taken={taken}
          onClose={close}
          onSaved={(name, hasValue) => {
            if (hasValue) setGiven(name)
            close()
          }}
        />
      )}
    >
      {(credentials) => (
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
    </AddableList>
  )
}
