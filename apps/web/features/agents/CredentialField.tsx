'use client'

import { useQuery } from '@tanstack/react-query'
import { isModelCredential } from '@errand/contracts'
import Link from 'next/link'
import { useTRPC } from '../../trpc/client.tsx'
import { SelectField } from '../../ui/Field.tsx'

const DEMO = 'demo'

interface CredentialFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (name: string) => void
}

/** Whose model it asks: one of the credentials, or the demo that needs none. */
export function CredentialField({ label, value, onChange }: CredentialFieldProps) {
  const trpc = useTRPC()
  const list = useQuery(trpc.credentials.list.queryOptions()).data
  const names = (list ?? []).filter(({ spec }) => isModelCredential(spec)).map(({ name }) => name)
  const isGone = list !== undefined && value !== DEMO && !names.includes(value)
  return (
    <SelectField
      label={label}
      hint={
        list !== undefined && names.length === 0 ? (
          <Link href="/credentials?add">Add a key for a real model</Link>
        ) : undefined
      }
      error={isGone ? `There is no credential ${value} any more.` : undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value={DEMO}>the demo, a fixed script</option>
      {isGone || list === undefined ? value === DEMO ? null : <option value={value}>{value}</option> : null}
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </SelectField>
  )
}
