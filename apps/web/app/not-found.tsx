import { ButtonLink } from '../ui/Button.tsx'

export default function NotFound() {
  return (
    <main id="main" className="alone">
      <h1>There is nothing at this address</h1>
      <p className="lead">It may have been removed, or its retention date has passed. An id is never used twice.</p>
      <div className="acts">
        <ButtonLink tone="go" href="/">
          To the runs
        </ButtonLink>
      </div>
    </main>
  )
}
