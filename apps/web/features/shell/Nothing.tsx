import { ButtonLink } from '../../ui/Button.tsx'

/** Of an address that leads nowhere. */
export function Nothing() {
  return (
    <>
      <h1>There is nothing at this address</h1>
      <p className="lead">It may have been removed, or its retention date has passed. An id is never used twice.</p>
      <div className="acts nothing">
        <ButtonLink tone="go" href="/">
          To the runs
        </ButtonLink>
      </div>
    </>
  )
}
