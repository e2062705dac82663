import { Field, SelectField, TextField } from '../../../ui/Field.tsx'
import type { Credential } from '../../credentials/CredentialRow.tsx'
import type { ServerField } from './serverFields.ts'

interface SettingFieldProps {
  readonly field: ServerField
  readonly value: unknown
  /** What is being typed; undefined while nothing is. */
  readonly typed: string | undefined
  readonly error: string | undefined
  readonly credentials: readonly Credential[]
  readonly onType: (text: string) => void
  readonly onWrong: (words: string | null) => void
  readonly onSet: (value: unknown) => void
}

const FOR_SERVERS = ['bearer', 'header', 'basic', 'oauth', 'github-app']

export function SettingField({ field, value, typed, error, credentials, onType, onWrong, onSet }: SettingFieldProps) {
  const { label, hint, control } = field
  switch (control.kind) {
    case 'check':
      return (
        <label className="check-line">
          <input
            type="checkbox"
            className="tick"
            checked={value === undefined ? isUsuallyOn(field) : value === true}
            onChange={(event) => onSet(event.target.checked)}
          />
          <span>
            {label}
            <span className="small two">{hint}</span>
          </span>
        </label>
      )
    case 'choice':
      return (
        <SelectField
          label={label}
          hint={hint}
          error={error}
          value={String(value)}
          onChange={(event) => onSet(event.target.value)}
        >
          {control.choices.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </SelectField>
      )
    case 'credential':
      return (
        <SelectField
          label={label}
          error={error}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onSet(event.target.value === '' ? undefined : event.target.value)}
        >
          <option value="">None: it is called without</option>
          {namesFor(credentials, value).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )
    case 'line':
    case 'area': {
      const { codec } = control
      const shared = {
        label,
        hint,
        error,
        className: 'mono',
        spellCheck: false,
        autoCapitalize: 'none',
        value: typed ?? codec.show(value),
        onChange: (event: { target: { value: string } }) => {
          onType(event.target.value)
          const read = codec.read(event.target.value)
          onWrong(read.kind === 'wrong' ? read.words : null)
          if (read.kind === 'value') onSet(read.value)
        },
      }
      return control.kind === 'line' ? <Field {...shared} /> : <TextField {...shared} rows={2} />
    }
  }
}

/** The one of the standard's ways that stays on unless somebody switches it off. */
function isUsuallyOn({ path }: ServerField): boolean {
  return path === 'oauth.sendResource'
}

function namesFor(credentials: readonly Credential[], chosen: unknown): readonly string[] {
  const names = credentials.filter(({ spec }) => FOR_SERVERS.includes(spec.type)).map(({ name }) => name)
  return typeof chosen === 'string' && !names.includes(chosen) ? [...names, chosen] : names
}
