import { CircleX } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'

interface Around {
  readonly label: string
  /** What it takes, or what is usual. */
  readonly hint?: ReactNode
  /** What does not fit and what would: `Write only the host: api.example`. */
  readonly error?: string | undefined
}

/** A label above its text field, with the hint or the error below and tied to it. */
export function Field({ label, hint, error, className, ...rest }: Around & ComponentProps<'input'>) {
  const id = useId()
  return (
    <Framed {...{ id, label, hint, error }}>
      <input
        id={id}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={`${id}-note`}
        {...rest}
        className={fieldClass(error, className)}
      />
    </Framed>
  )
}

export function TextField({ label, hint, error, className, ...rest }: Around & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <Framed {...{ id, label, hint, error }}>
      <textarea
        id={id}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={`${id}-note`}
        {...rest}
        className={fieldClass(error, className)}
      />
    </Framed>
  )
}

/** A native select: for a handful of choices in a form. For more, or with icons, a `Pick`. */
export function SelectField({ label, hint, error, className, children, ...rest }: Around & ComponentProps<'select'>) {
  const id = useId()
  return (
    <Framed {...{ id, label, hint, error }}>
      <select id={id} aria-describedby={`${id}-note`} {...rest} className={fieldClass(error, className)}>
        {children}
      </select>
    </Framed>
  )
}

function Framed({ id, label, hint, error, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {error === undefined ? (
        <span className="hint" id={`${id}-note`}>
          {hint}
        </span>
      ) : (
        <span className="err" id={`${id}-note`} role="alert">
          <CircleX className="i s" aria-hidden="true" />
          {error}
        </span>
      )}
    </div>
  )
}

function fieldClass(error: string | undefined, more = ''): string {
  return `in ${error === undefined ? '' : 'bad'} ${more}`.replace(/ +/g, ' ').trim()
}
