import { Field, SelectField, TextField } from '../../../ui/Field.tsx'
import { visible } from '../../../ui/format/visible.ts'
import type { FormArgument } from './argumentForm.ts'

interface ArgumentFieldProps {
  readonly argument: FormArgument
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

export function ArgumentField({ argument, value, error, onChange }: ArgumentFieldProps) {
  const { name, kind, isRequired, help, choices, placeholder } = argument
  const shared = {
    label: isRequired ? visible(name) : `${visible(name)} (if you like)`,
    hint: help === undefined ? undefined : visible(help),
    error,
    value,
  }
  if (kind === 'choice' || kind === 'boolean')
    return (
      <SelectField {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">not given</option>
        {(choices ?? ['true', 'false']).map((choice) => (
          <option key={choice} value={choice}>
            {visible(choice)}
          </option>
        ))}
      </SelectField>
    )
  if (kind === 'json')
    return (
      <TextField
        {...shared}
        rows={3}
        className="mono"
        spellCheck={false}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  return (
    <Field
      {...shared}
      className="mono"
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      inputMode={kind === 'text' ? 'text' : 'decimal'}
      placeholder={placeholder}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
