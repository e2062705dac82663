import { Check } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'

interface SaveBarProps {
  readonly isChanged: boolean
  readonly change: { readonly isPending: boolean; readonly isSuccess: boolean; readonly error: unknown }
}

/** The button of a form, what came of it, and nothing to press while nothing was changed. */
export function SaveBar({ isChanged, change }: SaveBarProps) {
  return (
    <>
      {change.error === null ? null : <ErrorInPlace error={change.error} />}
      <div className="rowline">
        <Button type="submit" tone="go" disabled={!isChanged} aria-busy={change.isPending}>
          Save
        </Button>
        <span className="small two" role="status">
          {isChanged ? null : change.isSuccess ? (
            <>
              <Check className="i s" aria-hidden="true" /> Saved
            </>
          ) : (
            'Nothing is changed.'
          )}
        </span>
      </div>
    </>
  )
}
