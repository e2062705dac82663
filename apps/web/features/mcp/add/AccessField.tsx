import { SelectField } from '../../../ui/Field.tsx'
import type { Credential } from '../../credentials/CredentialRow.tsx'
import type { Access } from './access.ts'

const FOR_SERVERS = ['bearer', 'header', 'basic', 'oauth', 'github-app']

interface AccessFieldProps {
  readonly access: Access
  readonly credentials: readonly Credential[]
  readonly onChange: (access: Access) => void
}

/** How the gateway signs in there: nothing, a new token, OAuth, or a credential that is there. */
export function AccessField({ access, credentials, onChange }: AccessFieldProps) {
  const there = credentials.filter(({ spec }) => FOR_SERVERS.includes(spec.type))
  const choose = (value: string) => {
    if (value === 'none' || value === 'token' || value === 'oauth') onChange(value)
    else onChange(`credential:${value.slice('credential:'.length)}`)
  }
  return (
    <SelectField
      label="Sign-in"
      hint="The test says if the server wants another"
      value={access}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="none">None, or not known yet</option>
      <option value="token">A token</option>
      <option value="oauth">OAuth: you sign in after saving</option>
      {there.map(({ name }) => (
        <option key={name} value={`credential:${name}`}>
          The credential {name}
        </option>
      ))}
    </SelectField>
  )
}
