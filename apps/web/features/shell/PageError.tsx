'use client'

import { Button } from '../../ui/Button.tsx'

interface PageErrorProps {
  readonly error: Error & { digest?: string }
}

/** What no part of the page could say in its own place. The server's words stay in its log, under the digest. */
export function PageError({ error }: PageErrorProps) {
  return (
    <>
      <h1>This page could not be shown</h1>
      <p className="lead">
        Your runs go on; nothing of them depends on this page.
        {error.digest === undefined ? null : ` In the log it is called ${error.digest}.`}
      </p>
      <div className="acts nothing">
        {/* All of it anew: what the page knew may be what it could not show. */}
        <Button tone="go" onClick={() => window.location.reload()}>
          Try again
        </Button>
        <Button onClick={() => window.location.assign('/')}>To the runs</Button>
      </div>
    </>
  )
}
